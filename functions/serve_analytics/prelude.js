/* Ours: a queue that takes calls until the file below, which is Segment's and unmodified, has loaded. */
!(function (writeKey) {
  var tag = document.currentScript;
  var named = document.querySelector("script[data-global-segment-analytics-key]");
  var name = (named && named.getAttribute("data-global-segment-analytics-key")) || "analytics";
  var queue = (window[name] = window[name] || []);
  if (!Array.isArray(queue)) throw new Error("window." + name + " is taken: is the analytics script here twice?");
  queue._writeKey = writeKey;
  queue._cdn = queue._cdn || (tag && tag.src ? tag.src.split("/analytics.js/v1/")[0] : location.origin);
  queue.load = queue.load || function () {}; // a snippet's call; the tag itself has loaded already
  function here() {
    var canonical = document.querySelector("link[rel='canonical']");
    var url = (canonical && canonical.getAttribute("href")) || undefined;
    var place = { p: location.pathname, u: location.href, s: location.search };
    return { __t: "bpc", c: url, p: place.p, u: place.u, s: place.s, t: document.title, r: document.referrer };
  }
  function take(method) {
    queue[method] = queue[method] || function () {
      var call = [].slice.call(arguments);
      if (window[name] !== queue) return window[name][method].apply(window[name], call);
      queue.push([method].concat(call, /^(track|page|identify|group|alias|screen)$/.test(method) ? here() : []));
      return queue;
    };
  }
  ("track page identify group alias screen pageview reset ready on once off register setAnonymousId debug trackLink " +
    "trackForm trackClick trackSubmit addSourceMiddleware addDestinationMiddleware").split(" ").forEach(take);
  if (tag && tag.hasAttribute("data-page")) queue.page();
})("%WRITE_KEY%");
