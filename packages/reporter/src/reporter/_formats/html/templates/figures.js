const colors = () => {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(name).trim();
  const words = { labelColor: value("--text"), titleColor: value("--text"), labelFontSize: 12, titleFontSize: 12 };
  const lines = { gridColor: value("--line"), domainColor: value("--soft"), tickColor: value("--soft") };
  const category = Array.from({ length: 8 }, (_, at) => value(`--c${at}`));
  return {
    background: "transparent",
    view: { stroke: null },
    range: { category },
    axis: { ...words, ...lines },
    legend: words,
    mark: { color: category[0], tooltip: true },
    rule: { color: value("--text") },
    text: { color: value("--text"), fontSize: 12 },
    tick: { color: category[0] },
  };
};

const specifications = JSON.parse(document.getElementById("specifications").textContent);
const places = [...document.querySelectorAll("figure .chart")];

const draw = async () => {
  const config = colors();
  for (const [at, place] of places.entries()) {
    const specification = specifications[at];
    place.hidden = false;
    try {
      await vegaEmbed(place, specification, {
        actions: false,
        ast: true,
        config,
        defaultStyle: false,
        mode: "vega-lite",
        renderer: "svg",
        tooltip: { disableDefaultStyle: true, theme: "page" },
      });
      place.nextElementSibling.hidden = true;
    } catch (error) {
      place.hidden = true; // the drawing below stays
      console.error(error);
    }
  }
  document.documentElement.dataset.ready = "1";
};

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
draw();
