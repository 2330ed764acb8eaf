(function (d, w) {
  // Counts looks at stories: no cookie, no storage; of the reader's clocks only how much time went by. docs/guides/counting-views.md
  var s = d.currentScript || d.querySelector('script[src*="/telex.js"]');
  var o = s.dataset, to = new URL('views', s.src).href, looks = {};
  // Twice on a page: one of them counts.
  if (w.telex) return w.telex.view(o.article);
  function id() {
    var c = w.crypto, b;
    if (c.randomUUID) return c.randomUUID();
    b = c.getRandomValues(new Uint8Array(16));
    b[6] = b[6] & 15 | 64;
    b[8] = b[8] & 63 | 128;
    return Array.from(b, x => (x + 256).toString(16).slice(1)).join('')
      .replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }
  // The same id again while the page lives: what came twice is counted once. A proxy in front has 502 and 504, too.
  function send(look, a, b, n) {
    // The one stands still while a device sleeps, the other may be set. After ten minutes the id is forgotten.
    var age = Math.max(performance.now() - a, Date.now() - b);
    if (age > 6e5) return;
    look.age_ms = age | 0;
    // A text is sent as text/plain, which needs no preflight.
    fetch(to, {method: 'POST', keepalive: true, credentials: 'omit', body: JSON.stringify(look)}).then(r => { if (r.status > 499) throw r; }).catch(() => {
      if (n < 8) setTimeout(send, (1 + Math.random()) * 1000 << n, look, a, b, n + 1);
    });
  }
  function view(article) {
    if (!article || looks[article]) return;
    var look = looks[article] = {
      id: id(), article: article, language: o.language, placement: o.placement,
      internal: 'internal' in o
    };
    function see() {
      if (!look || looks[article] != look || d.visibilityState != 'visible' || d.prerendering) return;
      send(look, performance.now(), Date.now(), 0);
      look = 0;
    }
    d.addEventListener('visibilitychange', see);
    // A page that was rendered ahead may be visible before it is no longer that.
    d.addEventListener('prerenderingchange', see);
    see();
  }
  w.telex = {view: view};
  // Back out of the browser's cache of pages: another look.
  w.addEventListener('pageshow', e => {
    if (e.persisted) {
      looks = {};
      view(o.article);
    }
  });
  view(o.article);
})(document, window);
