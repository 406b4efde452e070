// Draws the diagrams of a page, in the theme that is chosen: `customJs` of TypeDoc.
(() => {
  const { src } = document.currentScript;
  const sources = [...document.querySelectorAll('code.mermaid')].map((code) => {
    const figure = document.createElement('figure');
    figure.className = 'diagram';
    code.parentElement.replaceWith(figure);
    return { figure, text: code.textContent };
  });
  if (sources.length === 0) return;

  const dark = matchMedia('(prefers-color-scheme: dark)');

  async function draw() {
    const { theme } = document.documentElement.dataset;
    const isDark = theme === 'dark' || (theme !== 'light' && dark.matches);
    mermaid.initialize({
      startOnLoad: false,
      theme: isDark ? 'dark' : 'neutral',
      fontFamily: 'inherit',
      // As wide as the column of text.
      sequence: {
        wrap: true,
        width: 110,
        actorMargin: 135,
        messageFontSize: 14,
        mirrorActors: false,
        diagramMarginX: 0,
      },
    });
    for (const [index, { figure, text }] of sources.entries()) {
      figure.innerHTML = (await mermaid.render(`diagram-${index}`, text)).svg;
    }
  }

  const script = document.createElement('script');
  script.src = new URL('mermaid.js', src);
  script.onload = () => {
    draw();
    dark.addEventListener('change', draw);
    new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  };
  document.head.append(script);
})();
