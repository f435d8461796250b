"""The beginning of a LaTeX file. Its packages are in TeX Live's recommended collection."""

# With the primitives of each engine, so that a paper needs no package for them.
COMMANDS = r"""% Characters without a glyph are printed as their code.
\providecommand{\reportchar}[1]{\ifdefined\iffontchar\ifdefined\Umathchardef
  \iffontchar\font"#1 \char"#1\relax\else\reportcode{#1}\fi
  \else\reportcode{#1}\fi\else\reportcode{#1}\fi}
\providecommand{\reportcode}[1]{\mbox{\scriptsize[U+#1]}}
% Text from right to left.
\ifdefined\textdirection
  \providecommand{\reportrtl}[1]{{\textdirection 1 #1}}
  \providecommand{\reportltr}[1]{{\textdirection 0 #1}}
\else\ifdefined\XeTeXrevision
  \providecommand{\reportrtl}[1]{{\TeXXeTstate=1 \beginR #1\endR}}
  \providecommand{\reportltr}[1]{{\beginL #1\endL}}
\else
  \providecommand{\reportrtl}[1]{#1}
  \providecommand{\reportltr}[1]{#1}
\fi\fi
\ifdefined\directlua\providecommand{\reportmirror}[2]{\reportltr{#2}}
\else\ifdefined\XeTeXrevision\providecommand{\reportmirror}[2]{\reportltr{#2}}
\else\providecommand{\reportmirror}[2]{#1}\fi\fi"""

_PREAMBLE = r"""\documentclass[%(size)spt%(columns)s]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
  \usepackage{textcomp}
  %% Without outlines the fonts are bitmaps, which TeX cannot stretch.
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{\PassOptionsToPackage{expansion=false}{microtype}}
\else
  \usepackage{fontspec}
\fi
\usepackage[%(geometry)s]{geometry}
\usepackage{graphicx}
\usepackage{xcolor}
\usepackage{booktabs}
\usepackage{tabularx}
\usepackage[font=small,labelfont=bf]{caption}
\usepackage{microtype}
\setlength{\emergencystretch}{3em}
\setlength{\parskip}{0.5ex plus 0.5ex}
\setlength{\fboxsep}{6pt}
%(commands)s
%% Lines and areas of figures, as PDF operators.
\ifPDFTeX
  \newcommand{\reportdraw}[1]{\pdfliteral{#1}}
\else\ifLuaTeX
  \newcommand{\reportdraw}[1]{\pdfextension literal{#1}}
\else
  \newcommand{\reportdraw}[1]{\special{pdf:content #1}}
\fi\fi
\newcommand{\reportbox}[1]{\par\medskip\noindent\fbox{\parbox{\dimexpr\linewidth-2\fboxsep-2\fboxrule}{#1}}\par\medskip}"""


def preamble(*, two_columns: bool) -> str:
    """Return the document class, the packages and the commands of the library."""
    return _PREAMBLE % {
        "commands": COMMANDS,
        "size": "10" if two_columns else "11",
        "columns": ",twocolumn" if two_columns else "",
        "geometry": "margin=0.75in,columnsep=0.25in" if two_columns else "margin=1in",
    }
