// The chat on the page. No framework, no inline code, no request to anybody but this server.
// Its words stand in the page (<template id="words">), in the page's language.
'use strict';

(function () {
  const PAGE_LINES = 200;      // as the server answers
  const LONG_LIST = 10;        // from here on a list can be searched
  const FIRST_WAIT = 1000;     // milliseconds before the first new try
  const LONGEST_WAIT = 30000;

  const html = document.documentElement;
  html.classList.add('js');
  const byId = (id) => document.getElementById(id);
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const touch = matchMedia('(pointer: coarse)');   // else there is a keyboard, with or without a mouse

  // ---- what this device remembers -------------------------------------------------------------

  const memory = {};
  const store = {
    get(key) {
      try { return localStorage.getItem('wasl.' + key); } catch (_) { return memory[key] || null; }
    },
    set(key, value) {
      memory[key] = value;
      try { localStorage.setItem('wasl.' + key, value); } catch (_) { /* this page's memory serves */ }
    },
    remove(key) {
      delete memory[key];
      try { localStorage.removeItem('wasl.' + key); } catch (_) { /* there was nothing */ }
    },
  };

  // ---- state ----------------------------------------------------------------------------------

  let root, words = {};
  let token = null;
  let cursor = 0;
  let run = 0;                 // grows when a chat is opened or forgotten: older loops stop
  let asked = null;            // the line whose answer is waited for
  let queue = [];              // what was not accepted yet: [{id, body, shown}]
  let flushing = false;
  let wakeSleepers = [];
  const pending = new Map();   // our id -> element of what was said and did not come back yet
  const byEvent = new Map();   // server's id -> our id
  const comeBack = new Set();  // server's ids of own lines that were seen

  const say = (key) => words[key] || '';
  const note = (text) => { const at = byId('note'); if (at && at.textContent !== text) at.textContent = text; };

  function sleep(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wakeSleepers.push(() => { clearTimeout(timer); resolve(); });
    });
  }
  function wakeAll() {
    const all = wakeSleepers;
    wakeSleepers = [];
    all.forEach((wake) => wake());
  }

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  function headers(more) {
    const all = { 'Accept-Language': html.lang, ...more };
    if (token) all.Authorization = 'Bearer ' + token;
    return all;
  }

  async function problemOf(response) {
    try { return (await response.json()).error.message; } catch (_) { return say('refused'); }
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function button(className, text, pressed) {
    const made = element('button', className, text);
    made.type = 'button';
    made.addEventListener('click', pressed);
    return made;
  }

  // ---- opening, resuming, forgetting ------------------------------------------------------------

  function show(template) {
    for (const old of root.querySelectorAll(':scope > .shown')) old.remove();
    const box = element('div', 'shown');
    box.append(byId(template).content.cloneNode(true));
    root.append(box);
    const live = template === 'live';
    root.classList.toggle('is-live', live);
    document.body.classList.toggle('js-live', live);
    return box;
  }

  function offerToBegin(text) {
    show('begin');
    note(text || '');
    byId('start').addEventListener('click', begin);
  }

  async function begin() {
    const pressed = byId('start');
    pressed.disabled = true;
    note('');
    try {
      const response = await fetch('/chat/api/sessions', {
        method: 'POST',
        headers: headers({ 'Content-Type': 'application/json' }),
        body: JSON.stringify({ lang: html.lang }),
      });
      if (response.status !== 201) throw new Error(await problemOf(response));
      token = (await response.json()).token;
      store.set('token', token);
      enter();
      root.scrollIntoView({ block: 'start' });
      byId('log').focus({ preventScroll: true });
    } catch (error) {
      pressed.disabled = false;
      note(error instanceof TypeError ? say('offline') : error.message);
      pressed.focus();
    }
  }

  function enter() {
    run += 1;
    cursor = 0;
    asked = null;
    pending.clear(); byEvent.clear(); comeBack.clear();
    show('live');
    byId('say').addEventListener('submit', submit);
    byId('log').addEventListener('scroll', () => { if (atEnd()) byId('newer').hidden = true; });
    byId('newer').addEventListener('click', () => { toEnd(); byId('newer').hidden = true; });
    byId('forget').addEventListener('click', () => byId('forget-dialog').showModal());
    byId('forget-dialog').addEventListener('close', (event) => {
      if (event.target.returnValue === 'yes') { forget(); offerToBegin(say('forgotten')); byId('start').focus(); }
    });
    drawField('text');
    drawAttach('text');
    try { queue = JSON.parse(store.get('queue') || '[]'); } catch (_) { queue = []; }
    listen(run);
  }

  function forget() {
    run += 1;
    token = null;
    queue = [];
    store.remove('token');
    store.remove('queue');
    wakeAll();
  }

  // ---- hearing ----------------------------------------------------------------------------------

  async function listen(mine) {
    let wait = FIRST_WAIT, failures = 0;
    const fine = () => { wait = FIRST_WAIT; failures = 0; note(''); flush(mine); };
    while (mine === run) {
      try {
        await catchUp(mine);
        fine();
        await follow(mine, fine);
      } catch (error) {
        if (error.lost) { if (mine === run) { forget(); offerToBegin(say('ended')); } return; }
        failures += 1;
        if (mine === run && failures > 1) note(say('offline'));
      }
      if (mine !== run) return;
      await sleep(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }

  function check(response) {
    if (response.status === 401) throw Object.assign(new Error(), { lost: true });
    if (!response.ok) throw new Error();
  }

  /** Reads everything after the cursor at once. */
  async function catchUp(mine) {
    const log = byId('log');
    log.setAttribute('aria-busy', 'true');
    const first = cursor === 0;
    for (let full = true; full && mine === run;) {
      const response = await fetch('/chat/api/messages?after=' + cursor, { headers: headers() });
      check(response);
      const { messages } = await response.json();
      if (mine !== run) return;
      messages.forEach((message) => addLine(message, !first));
      full = messages.length === PAGE_LINES;
    }
    if (first) for (const said of queue) addPending(said);
    log.setAttribute('aria-busy', 'false');
    afterLines(first);
  }

  /** Reads new lines as they are written, until the stream ends. */
  async function follow(mine, fine) {
    const response = await fetch('/chat/api/events', { headers: headers({ 'Last-Event-ID': String(cursor) }) });
    check(response);
    fine();
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (mine !== run) { reader.cancel(); return; }
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        const data = block.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart());
        if (data.length) addLine(JSON.parse(data.join('\n')), true);
      }
      afterLines(false);
    }
  }

  // ---- the log ------------------------------------------------------------------------------------

  function lineElement(from, lang, dir, text, isNew) {
    const line = element('div', 'line from-' + from + (isNew ? ' is-new' : ''));
    line.append(element('span', 'who', say(from)));
    const said = element('div', 'words');
    if (lang) said.lang = lang;
    said.dir = dir;
    if (from === 'bot') withLinks(said, text); else said.textContent = text;
    line.append(said);
    return line;
  }

  function withLinks(into, text) {
    let done = 0;
    for (const found of text.matchAll(/https?:\/\/[^\s<>"'\u2066-\u2069]+/g)) {
      into.append(text.slice(done, found.index));
      const link = element('a', '', found[0]);
      link.href = found[0];
      link.rel = 'noopener noreferrer';
      link.dir = 'ltr';
      into.append(link);
      done = found.index + found[0].length;
    }
    into.append(text.slice(done));
  }

  function addLine(message, isNew) {
    if (message.cursor <= cursor) return;
    cursor = message.cursor;
    const follow = atEnd() || message.from === 'you';
    if (message.from === 'you') {
      asked = null;
      const event = message.id.split('/')[0];
      comeBack.add(event);
      if (byEvent.has(event)) dropPending(byEvent.get(event));
    } else if (message.from === 'staff') {
      asked = null;
    } else if (message.expects || message.choices.length) {
      asked = message;
    }
    const line = lineElement(message.from, message.lang, message.dir, message.text, isNew);
    const firstPending = byId('log').querySelector('.is-pending');
    byId('log').insertBefore(line, firstPending);
    if (!isNew) return;
    if (follow) toEnd(); else byId('newer').hidden = false;
  }

  function afterLines(first) {
    drawAnswers();
    if (first) byId('log').scrollTop = byId('log').scrollHeight;
  }

  function atEnd() {
    const log = byId('log');
    return log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  }

  function toEnd() {
    const log = byId('log');
    log.scrollTo({ top: log.scrollHeight, behavior: calm.matches ? 'auto' : 'smooth' });
  }

  // ---- saying ----------------------------------------------------------------------------------------

  function send(body, shown) {
    const said = { id: newId(), body, shown };
    queue.push(said);
    store.set('queue', JSON.stringify(queue));
    addPending(said);
    asked = null;
    drawAnswers();
    flush(run);
  }

  function addPending(said) {
    if (pending.has(said.id)) return;
    const line = lineElement('you', '', 'auto', said.shown, true);
    line.classList.add('is-pending');
    line.append(element('span', 'fate', say('sending')));
    pending.set(said.id, line);
    byId('log').append(line);
    toEnd();
  }

  function dropPending(id) {
    const line = pending.get(id);
    if (line) line.remove();
    pending.delete(id);
  }

  function fate(id, key) {
    const line = pending.get(id);
    if (!line) return;
    line.classList.toggle('is-late', key === 'waiting' || key === 'refused');
    line.querySelector('.fate').textContent = say(key);
  }

  /** The server has it under that id of its own. */
  function accepted(id, event) {
    fate(id, 'sent');
    byEvent.set(event, id);
    if (comeBack.has(event)) dropPending(id);
  }

  async function flush(mine) {
    if (flushing) return;
    flushing = true;
    let wait = FIRST_WAIT;
    while (queue.length && mine === run) {
      const said = queue[0];
      const outcome = await post(said);
      if (mine !== run) break;
      if (outcome === 'again') {
        fate(said.id, 'waiting');
        await sleep(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
        continue;
      }
      wait = FIRST_WAIT;
      queue.shift();
      store.set('queue', JSON.stringify(queue));
    }
    flushing = false;
    if (mine !== run && queue.length && token) flush(run);
  }

  /** Posts one message: 'done', or 'again' when only time can help. The same id never says a thing twice. */
  async function post(said) {
    let response;
    try {
      response = await fetch('/chat/api/messages', {
        method: 'POST',
        headers: headers({ 'Content-Type': 'application/json' }),
        body: JSON.stringify({ id: said.id, ...said.body }),
      });
    } catch (_) { return 'again'; }
    if (response.status === 202) {
      note('');
      try { accepted(said.id, (await response.json()).event); } catch (_) { return 'again'; }
      return 'done';
    }
    if (response.status === 429) {
      note(await problemOf(response));
      await sleep(1000 * Math.min(Number(response.headers.get('Retry-After')) || 5, 60));
      return 'again';
    }
    if (response.status >= 500 || response.status === 408) return 'again';
    fate(said.id, 'refused');
    note(await problemOf(response));
    return 'done';
  }

  // ---- papers ------------------------------------------------------------------------------------------

  function sendFile(file, bar, chooser) {
    if (file.size > Number(root.dataset.maxBytes)) { note(say('file-large')); return; }
    const id = newId(), mine = run;
    let wait = FIRST_WAIT;
    note('');
    chooser.disabled = true;
    bar.hidden = false;
    const attempt = () => {
      if (mine !== run) return;
      const form = new FormData();
      form.append('id', id);
      form.append('file', file, file.name);
      const request = new XMLHttpRequest();
      request.open('POST', '/chat/api/documents');
      for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
      request.onload = () => {
        if (request.status === 202) { note(''); chooser.disabled = false; bar.hidden = true; asked = null; drawAnswers(); return; }
        if (request.status >= 500 || request.status === 429 || request.status === 408) { later(); return; }
        let text = say('refused');
        try { text = JSON.parse(request.responseText).error.message; } catch (_) { /* the general word serves */ }
        chooser.disabled = false;
        bar.hidden = true;
        note(text);
        chooser.focus();
      };
      request.onerror = later;
      request.send(form);
    };
    const later = async () => {
      note(say('waiting'));
      bar.value = 0;
      await sleep(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
      attempt();
    };
    attempt();
  }

  // ---- what can be answered --------------------------------------------------------------------------------

  let drawn;                  // the line the answers were drawn for
  let lost = false;           // whether an answer just given took the focus away with it

  function drawAnswers() {
    if (drawn === asked) return;
    drawn = asked;
    const box = byId('answers');
    if (box.contains(document.activeElement)) lost = true;
    box.replaceChildren();
    box.classList.remove('is-long');
    const kind = asked && asked.expects ? asked.expects.kind : 'text';
    if (asked) {
      box.lang = asked.lang;
      box.dir = asked.dir;
      drawControl(box, kind);
      if (kind === 'choices') {
        drawTicks(box, asked.choices.filter((choice) => !choice.aside));
        drawChoices(box, asked.choices.filter((choice) => choice.aside));
      } else drawChoices(box, asked.choices);
    }
    box.hidden = !box.children.length;
    drawField(kind);
    drawAttach(kind);
    if (atEnd() || !box.hidden) toEnd();
    if (!lost || !asked) return;
    lost = false;
    if (document.activeElement !== document.body) return;
    const first = box.querySelector('button, input');
    if (first && !touch.matches) first.focus({ preventScroll: true });
    else if (!box.hidden || touch.matches) byId('log').focus({ preventScroll: true });
    else byId('field').focus({ preventScroll: true });
  }

  function drawChoices(box, choices) {
    box.classList.toggle('is-long', choices.length > 4 || choices.some((choice) => choice.label.length > 24));
    const buttons = choices.map((choice) => button('choice', choice.label, () => send({ choice: choice.token }, choice.label)));
    if (choices.length > LONG_LIST) box.append(...searchOver(buttons));
    box.append(...buttons);
  }

  function drawTicks(box, choices) {
    const set = element('fieldset');
    set.append(element('legend', 'heard', say('answers')));
    const rows = choices.map((choice) => {
      const row = element('label', 'tick');
      const tick = element('input');
      tick.type = 'checkbox';
      tick.value = choice.token;
      row.append(tick, element('span', '', choice.label));
      return row;
    });
    if (choices.length > LONG_LIST) set.append(...searchOver(rows));
    set.append(...rows);
    const done = button('main-button', say('done'), () => {
      const taken = rows.filter((row) => row.querySelector('input').checked);
      const labels = taken.map((row) => row.textContent).join(html.dir === 'rtl' ? '، ' : ', ');
      send({ choices: taken.map((row) => row.querySelector('input').value) }, labels || say('done'));
    });
    box.append(set, done);
  }

  const folded = (text) => text.normalize('NFKD').replace(/[\p{M}\u0640]/gu, '').replace(/[أإآ]/g, 'ا').replace(/ى/g, 'ي').replace(/ة/g, 'ه').toLowerCase();

  function searchOver(rows) {
    const field = element('input');
    field.type = 'search';
    field.placeholder = say('search');
    field.setAttribute('aria-label', say('search'));
    field.autocomplete = 'off';
    const nothing = element('p', 'hint');
    nothing.setAttribute('role', 'status');
    field.addEventListener('input', () => {
      const wanted = folded(field.value.trim());
      let left = 0;
      for (const row of rows) {
        row.hidden = !folded(row.textContent).includes(wanted);
        row.style.display = row.hidden ? 'none' : '';
        if (!row.hidden) left += 1;
      }
      nothing.textContent = left ? '' : say('none-found');
    });
    return [field, nothing];
  }

  /** A button that lets a file be chosen and sends it: the button, its input, its progress. */
  function uploader(className, text) {
    const chooser = element('input');
    chooser.type = 'file';
    chooser.accept = 'image/*,application/pdf';
    chooser.hidden = true;
    const bar = element('progress');
    bar.max = 1;
    bar.value = 0;
    bar.hidden = true;
    bar.setAttribute('aria-label', say('uploading'));
    const choose = button(className, text, () => chooser.click());
    chooser.addEventListener('change', () => { if (chooser.files.length) sendFile(chooser.files[0], bar, choose); chooser.value = ''; });
    return [choose, chooser, bar];
  }

  /** Where no paper is asked for, one can be sent nevertheless: to a person, or another in the place of the last. */
  function drawAttach(kind) {
    const place = byId('attach');
    place.replaceChildren(...(kind === 'file' ? [] : uploader('quiet', say('attach'))));
  }

  function drawControl(box, kind) {
    if (kind === 'file') {
      const [choose, chooser, bar] = uploader('main-button', say('choose'));
      box.append(choose, chooser, element('p', 'hint', say('file-hint')), bar);
    } else if (kind === 'place' && navigator.geolocation) {
      const here = button('main-button', say('place'), () => {
        here.disabled = true;
        note(say('place-wait'));
        navigator.geolocation.getCurrentPosition((found) => {
          note('');
          const lat = Number(found.coords.latitude.toFixed(5)), lon = Number(found.coords.longitude.toFixed(5));
          send({ lat, lon }, lat + ', ' + lon);
        }, () => { here.disabled = false; note(say('place-failed')); }, { timeout: 20000, enableHighAccuracy: true });
      });
      box.append(here);
    } else if (kind === 'date') {
      const day = element('input', 'heard');
      day.type = 'date';
      day.tabIndex = -1;
      day.setAttribute('aria-hidden', 'true');
      day.addEventListener('change', () => { if (day.value) { byId('field').value = day.value; byId('field').focus(); } });
      const pick = button('choice', say('date-pick'), () => { try { day.showPicker(); } catch (_) { byId('field').focus(); } });
      box.append(pick, day);
    }
  }

  const FIELDS = {
    integer: { type: 'text', inputMode: 'numeric' },
    decimal: { type: 'text', inputMode: 'decimal' },
    phone: { type: 'tel', autocomplete: 'tel' },
    email: { type: 'email', autocomplete: 'email' },
    signature: { type: 'text', autocomplete: 'name' },
    date: { type: 'text' },
  };

  function drawField(kind) {
    const place = byId('field-place');
    const wish = FIELDS[kind] ? kind : 'text';
    const old = byId('field');
    if (old && old.dataset.kind === wish) return;
    const field = element(wish === 'text' ? 'textarea' : 'input');
    field.id = 'field';
    field.dataset.kind = wish;
    const follow = () => { field.dir = field.value ? 'auto' : html.dir; };
    follow();
    field.addEventListener('input', follow);
    field.placeholder = document.querySelector('label[for=field]').textContent;
    field.autocomplete = 'off';
    if (wish === 'text') {
      field.rows = 1;
      field.addEventListener('input', () => { field.style.height = 'auto'; field.style.height = field.scrollHeight + 4 + 'px'; });
      field.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && !touch.matches) { event.preventDefault(); submit(event); }
      });
    } else Object.assign(field, FIELDS[wish]);
    const focused = old && document.activeElement === old;
    if (old && old.value) { field.value = old.value; follow(); }
    place.replaceChildren(field);
    if (focused) field.focus();
  }

  function submit(event) {
    event.preventDefault();
    const field = byId('field');
    const text = field.value.trim();
    if (!text) { field.focus(); return; }
    field.value = '';
    field.dir = html.dir;
    field.style.height = '';
    send({ text }, text);
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  /** Leaves nothing of the page on the screen, and nothing of it behind the back button. */
  function hide() {
    document.title = '\u200b';
    document.body.replaceChildren();
    location.replace('about:blank');
  }

  document.addEventListener('DOMContentLoaded', () => {
    const quick = byId('hide');
    if (quick) quick.addEventListener('click', hide);
    root = byId('chat');
    if (!root) return;
    for (const word of byId('words').content.querySelectorAll('[data-key]')) words[word.dataset.key] = word.textContent;
    token = store.get('token');
    if (token) enter();
    // A chat that was begun before the script was there: its secret is in a cookie, and it stays a page of forms.
    else if (root.hasAttribute('data-open')) { root.classList.add('stays-plain'); return; }
    else offerToBegin();
    const go = byId('go');
    if (go) go.addEventListener('click', () => { if (byId('start')) byId('start').click(); });
    addEventListener('online', wakeAll);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) wakeAll(); });
  });
})();
