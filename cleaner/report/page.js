"use strict";
// The report's page. Data come from the JSON beside this script; they reach the page as text nodes alone.
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const review = data.review;
  const items = data.items;
  // The places of an item's values in its row.
  const [DOC, START, END, CATEGORY, CONFIDENCE, SOURCE, DETECTOR, REASON, REFUSAL, OTHERS, TEXT, BEFORE, AFTER, KEY] =
    Array(14).keys();
  const [ID, LOG, SITE, , , INCOMPLETE, KNOWN] = Array(7).keys();
  const ROW = 52; // pixels, as in the style
  const SPARE = 6; // rows drawn beyond what is seen
  const AROUND = 3; // removals shown on each side where the text is not known

  // Characters that steer how others are shown, or show nothing: they are named instead.
  const ODD = new RegExp(
    "[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f\\u1160\\u180e\\u200b\\u200e\\u200f" +
      "\\u2028-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ufeff\\ufff9-\\ufffb]|\\r(?!\\n)|[\\ud800-\\udbff](?![\\udc00-\\udfff])|" +
      "(?<![\\ud800-\\udbff])[\\udc00-\\udfff]", "g");
  const nameOf = (character) =>
    `[U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
  const plain = (text) => text.replace(ODD, nameOf);

  function show(node, text) {
    let from = 0;
    for (const match of text.matchAll(ODD)) {
      node.append(text.slice(from, match.index).replaceAll("\r\n", "\n"));
      node.append(element("span", "odd", nameOf(match[0])));
      from = match.index + match[0].length;
    }
    node.append(text.slice(from).replaceAll("\r\n", "\n"));
    return node;
  }

  function element(tag, className = "", text = "") {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  const number = (value) => value.toLocaleString("en");
  const counted = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
  const kept = (item) => item[REFUSAL] >= 0;

  // What is shown

  let view = Int32Array.from(items.keys());
  let selected = -1; // a place in view
  let haystacks = null;

  function haystack(index) {
    haystacks ??= new Array(items.length);
    const item = items[index];
    return (haystacks[index] ??= [
      item[TEXT], data.documents[item[DOC]][ID], data.sources[item[SOURCE]], data.reasons[item[REASON]],
      kept(item) ? data.reasons[item[REFUSAL]] : "",
    ].join("\n").toLowerCase());
  }

  function filter() {
    const words = byId("search").value.toLowerCase();
    const kind = byId("kind").value;
    const [category, rule, site] = ["category", "rule", "site"].map((id) => Number(byId(id).value));
    const [low, high] = ["low", "high"].map((id) => Number(byId(id).value));
    const undecided = review && byId("undecided").checked;
    const was = selected >= 0 ? view[selected] : -1;
    const found = [];
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (category >= 0 && item[CATEGORY] !== category) continue;
      if (rule >= 0 && item[SOURCE] !== rule) continue;
      if (site >= 0 && siteNumbers[item[DOC]] !== site) continue;
      if (item[CONFIDENCE] < low || item[CONFIDENCE] > high) continue;
      if (kind !== "all" && kept(item) !== (kind === "kept")) continue;
      if (undecided && rulings.has(item[KEY])) continue;
      if (words && !haystack(i).includes(words)) continue;
      found.push(i);
    }
    view = Int32Array.from(found);
    selected = -1;
    byId("list").scrollTop = 0;
    summarise();
    draw();
    const place = was >= 0 ? view.indexOf(was) : -1;
    select(place >= 0 ? place : view.length ? 0 : -1);
    if (byId("overview").open) drawCharts();
  }

  function summarise() {
    const removed = view.reduce((count, i) => count + !kept(items[i]), 0);
    const parts = [`${counted(removed, "removal")} and ${counted(view.length - removed, "refused detection")} shown`];
    parts.push(`of ${number(items.length)} in ${counted(data.documents.length, "document")}`);
    if (review) {
      const decided = items.reduce((count, item) => count + rulings.has(item[KEY]), 0);
      parts.push(`${number(decided)} decided`);
    }
    byId("summary").textContent = parts.join(", ") + ".";
  }

  // Filters

  const siteNames = [...new Set(data.documents.map((entry) => entry[SITE]))].sort();
  const siteNumbers = data.documents.map((entry) => siteNames.indexOf(entry[SITE]));

  function fill(id, names, counts) {
    const select = byId(id);
    select.append(new Option("any", "-1"));
    const order = [...names.keys()].sort((a, b) => counts[b] - counts[a] || (names[a] < names[b] ? -1 : 1));
    for (const n of order) select.append(new Option(`${plain(names[n]) || "(unknown)"} (${number(counts[n])})`, n));
  }

  function tally(length, of) {
    const counts = new Array(length).fill(0);
    for (const item of items) counts[of(item)]++;
    return counts;
  }

  // The list: only rows that are seen, and a few more, are in the page

  let drawn = false;

  function draw() {
    if (drawn) return;
    drawn = true;
    requestAnimationFrame(() => {
      drawn = false;
      const list = byId("list");
      const rows = byId("rows");
      rows.style.height = `${view.length * ROW}px`;
      const first = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
      const last = Math.min(view.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
      const made = [];
      for (let place = first; place < last; place++) made.push(row(place));
      rows.replaceChildren(...made);
      if (selected >= first && selected < last) list.setAttribute("aria-activedescendant", `row-${selected}`);
      else list.removeAttribute("aria-activedescendant");
    });
  }

  function row(place) {
    const item = items[view[place]];
    const made = element("div", "row");
    made.id = `row-${place}`;
    made.dataset.place = place;
    made.style.top = `${place * ROW}px`;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", place === selected);
    made.setAttribute("aria-setsize", view.length);
    made.setAttribute("aria-posinset", place + 1);
    const text = show(element("div"), item[TEXT].slice(0, 200).replace(/\s+/g, " ").trim());
    text.dir = "auto";
    const facts = element("div", "facts");
    facts.append(kept(item) ? element("span", "mark stay", "kept") : element("span", "mark gone", "removed"), " ");
    const ruling = review && rulings.get(item[KEY]);
    if (ruling) facts.append(element("span", `mark ${ruling[0] === "reject" ? "stay" : "gone"}`, `${ruling[0]}ed`), " ");
    facts.append(`${data.categories[item[CATEGORY]]} ${item[CONFIDENCE].toFixed(2)} `);
    show(facts, `${data.sources[item[SOURCE]]} · ${data.documents[item[DOC]][ID]}`);
    made.append(text, facts);
    return made;
  }

  function select(place) {
    selected = place;
    const list = byId("list");
    if (place >= 0) {
      const top = place * ROW;
      if (top < list.scrollTop) list.scrollTop = top;
      else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
    }
    draw();
    drawDetail();
  }

  function step(by) {
    if (view.length) select(Math.min(view.length - 1, Math.max(0, selected + by)));
  }

  // The one that is selected

  function drawDetail() {
    const heading = byId("detail-heading");
    const body = byId("detail-body");
    body.replaceChildren();
    byId("actions").hidden = !review || selected < 0;
    if (selected < 0) {
      heading.textContent = view.length ? "Nothing selected" : "Nothing fits the filters";
      return;
    }
    const index = view[selected];
    const item = items[index];
    const entry = data.documents[item[DOC]];
    heading.replaceChildren();
    show(heading, entry[ID] || "(no id)");
    body.append(known(entry) ? withContext(item) : withNeighbours(index), facts(item, entry));
    if (review) drawActions(item, entry);
    byId("detail").scrollTop = 0;
  }

  const known = (entry) => entry[KNOWN];

  function textBox() {
    const box = element("div", "text");
    box.dir = "auto";
    return box;
  }

  const tagOf = (item) => (kept(item) ? element("mark") : element("del", "now"));

  function withContext(item) {
    const box = textBox();
    const add = ([text, gone]) => box.append(show(element(gone ? "del" : "span"), text));
    item[BEFORE].forEach(add);
    box.append(show(tagOf(item), item[TEXT]));
    cutNote(box, item);
    item[AFTER].forEach(add);
    return box;
  }

  function cutNote(box, item) {
    const more = item[END] - item[START] - Array.from(item[TEXT]).length;
    if (more > 0) box.append(element("span", "gap", ` … ${counted(more, "more character")} …`));
  }

  // Without the text: the removals around it, and how far they are apart.
  function withNeighbours(index) {
    const box = textBox();
    let end = 0;
    const first = Math.max(0, index - AROUND);
    for (let i = first; i < Math.min(items.length, index + AROUND + 1); i++) {
      const item = items[i];
      if (item[DOC] !== items[index][DOC]) continue;
      const gap = item[START] - end;
      if (gap > 0) box.append(element("span", "gap", `… ${counted(gap, "character")} …\n`));
      const tag = i === index ? tagOf(item) : element(kept(item) ? "span" : "del");
      box.append(show(tag, item[TEXT].replace(/\n?$/, "\n")));
      if (i === index) cutNote(box, item);
      end = Math.max(end, item[END]);
    }
    return box;
  }

  function facts(item, entry) {
    const list = element("dl");
    const add = (name, value) => {
      if (value) list.append(element("dt", "", name), show(element("dd"), value));
    };
    const category = data.categories[item[CATEGORY]];
    add("Category", `${category}: ${data.meanings[category] ?? ""}`);
    add("Confidence", item[CONFIDENCE].toFixed(4).replace(/0{1,2}$/, ""));
    add("Rule", data.sources[item[SOURCE]]);
    add("Detector", data.detectors[item[DETECTOR]]);
    add(kept(item) ? "Why it was claimed" : "Why it went", data.reasons[item[REASON]]);
    if (kept(item)) add("Why it stayed", data.reasons[item[REFUSAL]]);
    add("Also", item[OTHERS].join(", "));
    add("Site", entry[SITE]);
    add("Place", `characters ${number(item[START])} to ${number(item[END])}`);
    add("Log", entry[LOG]);
    entry[INCOMPLETE].forEach((sentence) => add("Incomplete", sentence));
    return list;
  }

  // Charts

  const SVG = "http://www.w3.org/2000/svg";

  function svg(tag, attributes, text) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function figure(title, picture, spoken) {
    const made = element("figure");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", spoken);
    made.append(element("figcaption", "", title), picture);
    return made;
  }

  function bars(title, pairs) {
    const most = Math.max(1, ...pairs.map(([, count]) => count));
    const height = Math.max(1, pairs.length) * 20;
    const picture = svg("svg", { viewBox: `0 0 480 ${height}` });
    pairs.forEach(([name, count], n) => {
      const short = plain(name.length > 34 ? `…${name.slice(-33)}` : name);
      picture.append(
        svg("text", { x: 0, y: n * 20 + 14 }, short),
        svg("rect", { x: 240, y: n * 20 + 3, width: Math.max(1, (180 * count) / most), height: 14 }),
        svg("text", { x: 246 + (180 * count) / most, y: n * 20 + 14 }, number(count)),
      );
    });
    return figure(title, picture, `${title}: ${pairs.map(([name, count]) => `${plain(name)} ${count}`).join(", ")}`);
  }

  function histogram(title, counts) {
    const most = Math.max(1, ...counts);
    const picture = svg("svg", { viewBox: "0 0 480 150" });
    const width = 480 / counts.length;
    counts.forEach((count, n) => {
      const height = count && Math.max(1, (110 * count) / most);
      picture.append(svg("rect", { x: n * width + 1, y: 125 - height, width: width - 2, height }));
      if (n % 4 === 0) picture.append(svg("text", { x: n * width, y: 143 }, (n / counts.length).toFixed(1)));
    });
    picture.append(svg("text", { x: 0, y: 12 }, `most: ${number(most)}`));
    const spoken = counts.map((count, n) => `from ${(n / counts.length).toFixed(2)} ${count}`);
    return figure(title, picture, `${title}: ${spoken.join(", ")}`);
  }

  function top(counts, names, most) {
    const order = [...counts.keys()].filter((n) => counts[n]).sort((a, b) => counts[b] - counts[a] || a - b);
    return order.slice(0, most).map((n) => [names(n), counts[n]]);
  }

  function drawCharts() {
    const categories = new Array(data.categories.length).fill(0);
    const rules = new Array(data.sources.length).fill(0);
    const confidences = new Array(20).fill(0);
    const characters = new Array(data.documents.length).fill(0);
    for (const i of view) {
      const item = items[i];
      categories[item[CATEGORY]]++;
      rules[item[SOURCE]]++;
      confidences[Math.max(0, Math.min(19, Math.floor(item[CONFIDENCE] * 20)))]++;
      if (!kept(item)) characters[item[DOC]] += item[END] - item[START];
    }
    byId("charts").replaceChildren(
      bars("By category", top(categories, (n) => data.categories[n], 18)),
      bars("By rule", top(rules, (n) => data.sources[n], 12)),
      histogram("By confidence", confidences),
      bars("Documents most changed, in characters", top(characters, (n) => data.documents[n][ID], 10)),
    );
  }

  // Reviewing: each decision is put into the outbox, and leaves it when the server has it on disk

  const rulings = new Map(Object.entries(review?.rulings ?? {}));
  const outboxName = `cleaner outbox ${location.pathname}`;
  let outbox = [];
  let sending = false;
  let pause = 500;
  let tag = review?.tag ?? "";
  let trouble = "";

  function drawActions(item, entry) {
    const ruling = rulings.get(item[KEY]);
    byId("state").textContent = ruling ? `${ruling[0]}ed by ${plain(ruling[1])}` : "undecided";
    byId("here-label").hidden = !entry[SITE];
    byId("here-site").textContent = plain(entry[SITE]);
    for (const button of byId("actions").querySelectorAll("button")) button.disabled = !item[KEY];
  }

  function decide(verdict, promote = false) {
    if (selected < 0) return;
    const item = items[view[selected]];
    if (!item[KEY]) return;
    const site = byId("here").checked ? data.documents[item[DOC]][SITE] : "";
    const entry = { key: item[KEY], verdict, promote, note: byId("note").value, site, when: new Date().toISOString() };
    outbox.push(entry);
    keep();
    rulings.set(entry.key, [verdict, review.by, entry.when]);
    byId("note").value = "";
    byId("here").checked = false;
    summarise();
    if (selected + 1 < view.length) step(1);
    else select(selected);
    send();
  }

  // What Cleaner did is wrong, for good: a removal becomes a guard, a refused detection a rule; a decision holds.
  function decideForGood() {
    if (selected < 0) return;
    const item = items[view[selected]];
    const ruling = rulings.get(item[KEY]);
    decide(ruling ? ruling[0] : kept(item) ? "accept" : "reject", true);
  }

  function keep() {
    try {
      localStorage.setItem(outboxName, JSON.stringify(outbox));
    } catch {
      // Without storage the outbox lives as long as the page.
    }
    const line = byId("outbox");
    line.hidden = !outbox.length || pause <= 500;
    const waiting = `${counted(outbox.length, "decision")} wait here and are sent again and again.`;
    line.textContent = trouble
      ? plain(`The server cannot take it: ${trouble} ${waiting}`)
      : `The server does not answer. ${waiting} If it ended, run cleaner review again with ${review.restart}`;
  }

  async function send() {
    if (sending) return;
    sending = true;
    while (outbox.length) {
      try {
        const answer = await fetch("verdict", {
          method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(outbox[0]), cache: "no-store",
        });
        const said = await answer.json();
        trouble = answer.status >= 500 ? said.error : "";
        if (trouble) throw new Error(trouble);
        const done = outbox.shift();
        pause = 500;
        keep();
        if (!answer.ok) {
          rulings.delete(done.key);
          tell(`Not taken: ${said.error}`);
        } else if (said.message) tell(said.message);
      } catch (error) {
        if (error instanceof TypeError) trouble = "";
        pause = Math.min(10000, pause * 2);
        keep();
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    sending = false;
  }

  function tell(message) {
    byId("told").textContent = plain(message);
  }

  async function poll() {
    try {
      const answer = await fetch(`state?tag=${encodeURIComponent(tag)}`, { cache: "no-store" });
      if (answer.status === 200) {
        const state = await answer.json();
        tag = state.tag;
        rulings.clear();
        for (const [key, ruling] of Object.entries(state.rulings)) rulings.set(key, ruling);
        for (const entry of outbox) rulings.set(entry.key, [entry.verdict, review.by, entry.when]);
        summarise();
        draw();
        if (selected >= 0) drawActions(items[view[selected]], data.documents[items[view[selected]][DOC]]);
      }
    } catch {
      // The outbox tells whether the server is there.
    }
    setTimeout(poll, 3000);
  }

  function button(key, name, action) {
    const made = element("button", "", `${name} `);
    made.type = "button";
    made.append(element("kbd", "", key));
    made.addEventListener("click", action);
    return made;
  }

  function labelled(text, input, id) {
    const label = element("label");
    input.id = id;
    label.id = `${id}-label`;
    label.append(text, " ", input);
    return label;
  }

  function startReview() {
    const here = element("input");
    here.type = "checkbox";
    const hereLabel = labelled("only on", here, "here");
    const site = element("span");
    site.id = "here-site";
    hereLabel.append(" ", site);
    const [state, told] = [element("strong"), element("span")];
    state.id = "state";
    told.id = "told";
    told.setAttribute("role", "status");
    byId("actions").append(
      button("a", "Not the article", () => decide("accept")), button("r", "The author's", () => decide("reject")),
      button("g", "As a rule or guard", decideForGood), labelled("Note", element("input"), "note"), hereLabel, state, told,
    );
    byId("undecided-label").hidden = false;
    try {
      outbox = JSON.parse(localStorage.getItem(outboxName)) ?? [];
    } catch {
      outbox = [];
    }
    for (const entry of outbox) rulings.set(entry.key, [entry.verdict, review.by, entry.when]);
    addEventListener("beforeunload", (event) => outbox.length && event.preventDefault());
    send();
    poll();
  }

  // Keys

  const page = () => Math.max(1, Math.floor(byId("list").clientHeight / ROW) - 1);
  const inList = {
    ArrowDown: () => step(1), ArrowUp: () => step(-1), PageDown: () => step(page()), PageUp: () => step(-page()),
    Home: () => step(-view.length), End: () => step(view.length),
  };
  const anywhere = { j: () => step(1), k: () => step(-1), "/": () => byId("search").focus() };
  const inReview = {
    a: () => decide("accept"), r: () => decide("reject"), g: decideForGood, n: () => byId("note").focus(),
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (target.matches("input, select, textarea")) {
      if (event.key === "Escape" || (event.key === "Enter" && target.matches("#note, #search"))) byId("list").focus();
      return;
    }
    const action =
      (target === byId("list") && inList[event.key]) || anywhere[event.key] || (review && inReview[event.key]);
    if (!action || (event.repeat && review && inReview[event.key])) return;
    event.preventDefault();
    action();
  });

  byId("list").addEventListener("scroll", draw, { passive: true });
  byId("list").addEventListener("click", (event) => {
    const at = event.target.closest(".row");
    if (at) select(Number(at.dataset.place));
  });
  addEventListener("resize", draw);
  byId("overview").addEventListener("toggle", () => byId("overview").open && drawCharts());

  let waiting = 0;
  byId("filters").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 60);
  });
  byId("reset").addEventListener("click", () => {
    for (const input of byId("filters").querySelectorAll("input, select")) {
      if (input.type === "checkbox") input.checked = false;
      else input.value = { kind: "all", low: "0", high: "1", search: "" }[input.id] ?? "-1";
    }
    filter();
  });

  // What is not shown, and why

  function notes() {
    const counts = data.counts;
    const lines = [];
    if (counts.left_out) {
      const whole = counts.left_out_documents ? `, among them all of ${counted(counts.left_out_documents, "document")}` : "";
      lines.push(`${counted(counts.left_out, "decision")} left out, since the page has a limit${whole}; --limit sets it.`);
    }
    if (counts.unchanged) lines.push(`${counted(counts.unchanged, "document")} with nothing removed and nothing refused.`);
    if (counts.blanks) lines.push(`${counted(counts.blanks, "blank line")} that went with removals.`);
    if (counts.further_problems) lines.push(`${counted(counts.further_problems, "further problem")} in the logs.`);
    lines.unshift(...data.problems.map((problem) => `Not read: ${problem}`));
    if (!lines.length) return;
    const damaged = data.problems.length + counts.further_problems;
    byId("notes").hidden = false;
    byId("notes").open = damaged > 0 || counts.left_out > 0;
    byId("notes-summary").textContent = damaged ? `What is not here: ${counted(damaged, "damaged record")}` : "What is not here";
    byId("notes-list").append(...lines.map((line) => show(element("li"), line)));
  }

  byId("title").textContent = plain(data.title);
  document.title = plain(data.title);
  byId("made-by").textContent = `Made by Cleaner ${data.version}. It holds removed text, so it is as sensitive as the sources.`;
  byId("keys").textContent = review
    ? "Keys: j and k go on and back, / searches; a says not the article, r the author's, g makes a rule or guard, n a note."
    : "Keys: j and k go on and back, / searches.";
  notes();
  fill("category", data.categories, tally(data.categories.length, (item) => item[CATEGORY]));
  fill("rule", data.sources, tally(data.sources.length, (item) => item[SOURCE]));
  fill("site", siteNames, tally(siteNames.length, (item) => siteNumbers[item[DOC]]));
  if (review) startReview();
  byId("overview").open = !review;
  filter();
  document.documentElement.dataset.ready = "yes";
})();
