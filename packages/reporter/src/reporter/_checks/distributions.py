"""Tail probabilities of t, F, chi-square and normal statistics.

The incomplete beta and gamma functions by series and continued fractions: DLMF 8.9.2, 8.11.4 and
8.17.22, https://dlmf.nist.gov, evaluated by the modified Lentz method. They need ever more terms
as the degrees of freedom grow: of very many, the cube root of a statistic is normal (Wilson and
Hilferty, 1931; Paulson, 1942: formulas 26.4.14 and 26.6.15 of Abramowitz and Stegun).
"""

import math

_TINY = 1e-300
_PRECISION = 1e-15
_MAX_TERMS = 10_000
_MANY = 1e4  # degrees of freedom from which the normal distribution of a cube root is as good


def normal_p(z: float) -> float:
    """Return the two-sided p-value of a standard normal statistic."""
    return math.erfc(abs(z) / math.sqrt(2))


def _upper(z: float) -> float:
    return math.erfc(z / math.sqrt(2)) / 2


def t_p(t: float, df: float) -> float:
    """Return the two-sided p-value of Student's t."""
    return _incomplete_beta(df / 2, 0.5, df / (df + t * t))


def f_p(f: float, df_1: float, df_2: float) -> float:
    """Return the upper tail of Fisher's F."""
    if f <= 0:
        return 1.0
    if min(df_1, df_2) > _MANY:
        first, second = 2 / (9 * df_1), 2 / (9 * df_2)
        root = f ** (1 / 3)
        return _upper(((1 - second) * root - (1 - first)) / math.sqrt(second * root * root + first))
    return _incomplete_beta(df_2 / 2, df_1 / 2, df_2 / (df_2 + df_1 * f))


def chi_square_p(chi_square: float, df: float) -> float:
    """Return the upper tail of chi-square."""
    a, x = df / 2, chi_square / 2
    if x <= 0:
        return 1.0
    if df > _MANY:
        spread = 2 / (9 * df)
        return _upper(((chi_square / df) ** (1 / 3) - 1 + spread) / math.sqrt(spread))
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for n in range(1, _MAX_TERMS):
            term *= x / (a + n)
            total += term
            if term < total * _PRECISION:
                break
        return max(0.0, 1 - scale * total)
    b, c = x + 1 - a, 1 / _TINY
    d = 1 / b
    fraction = d
    for n in range(1, _MAX_TERMS):
        factor = -n * (n - a)
        b += 2
        d = 1 / _not_zero(factor * d + b)
        c = _not_zero(b + factor / c)
        fraction *= d * c
        if abs(d * c - 1) < _PRECISION:
            break
    return scale * fraction


def r_p(r: float, df: float) -> float:
    """Return the two-sided p-value of a correlation with df = n - 2."""
    if abs(r) >= 1:
        return 0.0
    return t_p(r * math.sqrt(df / (1 - r * r)), df)


def _incomplete_beta(a: float, b: float, x: float) -> float:
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(b, a, 1 - x)
    log_scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    log_scale += a * math.log(x) + b * math.log1p(-x)
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, _MAX_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for factor in (even, odd):
            d = 1 / _not_zero(1 + factor * d)
            c = _not_zero(1 + factor / c)
            fraction *= c * d
        if abs(c * d - 1) < _PRECISION:
            break
    return math.exp(log_scale) * fraction / a


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
