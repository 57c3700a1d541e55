// Small comforts on top of pages that work without them: focus on what went wrong, counts that speak, copying, printing, keeping drafts.

const all = (selector) => document.querySelectorAll(selector);

// A status line that screen readers read after a pause, so that it does not speak at every key.
function speaker(after) {
  const line = document.createElement("div");
  line.className = "visually-hidden";
  line.setAttribute("role", "status");
  after.after(line);
  let timer;
  return (text, pause = 1000) => {
    clearTimeout(timer);
    timer = setTimeout(() => { line.textContent = text; }, pause);
  };
}

// The summary of errors, or the result of what was just done, gets the focus when the page opens.
function focusWhatMatters() {
  document.querySelector("[data-error-summary], [data-focus]")?.focus();
}

// A link of the error summary moves the focus into its field, with the label in view.
function followErrorLinks() {
  for (const link of all("[data-error-summary] a")) {
    link.addEventListener("click", (event) => {
      const field = document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      (field.closest(".form-group") ?? field).scrollIntoView();
      field.focus({ preventScroll: true });
    });
  }
}

// Counts code points, as the server does; line ends count once.
function countCharacters() {
  for (const info of all("[data-count]")) {
    const field = document.getElementById(info.id.replace(/-info$/, ""));
    const limit = Number(info.dataset.count);
    const say = speaker(info);
    const update = (speak) => {
      const left = limit - Array.from(field.value).length;
      const text = (left < 0 ? info.dataset.over : info.dataset.left).replace("{n}", Math.abs(left));
      info.textContent = text;
      info.classList.toggle("count--over", left < 0);
      if (speak) say(text);
    };
    field.addEventListener("input", () => update(true));
    update(false);
  }
}

function showPasswords() {
  for (const button of all("[data-show-password]")) {
    const field = document.getElementById(button.getAttribute("aria-controls"));
    const say = speaker(button.parentElement);
    const show = (visible) => {
      field.type = visible ? "text" : "password";
      button.textContent = visible ? button.dataset.hidePassword : button.dataset.showPassword;
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      show(field.type === "password");
      say(field.type === "text" ? button.dataset.shown : button.dataset.hidden, 0);
    });
    field.form?.addEventListener("submit", () => show(false));
  }
}

function copyAddresses() {
  for (const button of all("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    const words = button.querySelector("span") ?? button;
    const before = words.textContent;
    const say = speaker(button.parentElement);
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        document.execCommand("copy");
      }
      words.textContent = button.dataset.copied;
      say(button.dataset.copied, 0);
      setTimeout(() => { words.textContent = before; }, 3000);
    });
  }
}

function printPages() {
  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

// A second press of the same button within a second is a slip of the finger.
function ignoreDoublePresses() {
  for (const form of all("form[method=post]")) {
    let last = 0;
    form.addEventListener("submit", (event) => {
      if (Date.now() - last < 1000) event.preventDefault();
      else last = Date.now();
    });
  }
}

// What takes longer than a second says so; a file that is only downloaded leaves the page as it is, so the words end by themselves.
function showLongWork() {
  for (const form of all("form[data-busy]")) {
    const line = document.createElement("p");
    line.className = "hint";
    line.setAttribute("role", "status");
    form.append(line);
    const timers = [];
    const rest = () => { timers.splice(0).forEach(clearTimeout); line.textContent = ""; };
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      timers.push(setTimeout(() => { line.textContent = form.dataset.busy; }, 1000), setTimeout(rest, 20000));
    });
    addEventListener("pageshow", rest);
  }
}

// Drafts are kept on the server, in the author's account; nothing is stored on the device.
function keepDrafts() {
  for (const form of all("form[data-autosave]")) {
    const line = document.createElement("p");
    line.className = "hint";
    line.setAttribute("role", "status");
    form.append(line);
    let timer;
    let changed = false;
    const save = async () => {
      if (!changed) return;
      changed = false;
      line.textContent = form.dataset.saving;
      let kept = false, stale = false;
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), redirect: "error" });
        kept = answer.ok;
        stale = answer.status === 409;
        // The next save, by hand or by itself, is made from what was kept now.
        if (kept) form.elements.version.value = answer.headers.get("X-Draft-Version");
      } catch { /* The message below says so; the text is still in the form. */ }
      changed ||= !kept;
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      line.textContent = kept ? form.dataset.saved.replace("{time}", time) : stale ? form.dataset.stale : form.dataset.failed;
    };
    form.addEventListener("input", () => {
      changed = true;
      clearTimeout(timer);
      timer = setTimeout(save, 3000);
    });
    form.addEventListener("submit", () => { clearTimeout(timer); changed = false; });
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  }
}

// The menu of narrow screens closes with Escape and gives the focus back.
function closeMenu() {
  const menu = document.querySelector(".site-menu");
  menu?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// Keys for going through a list. They work only while the focus is in it (WCAG 2.1.4), by the place of the key, so in every layout.
function moveThroughLists() {
  for (const help of all("[data-shortcuts]")) {
    const list = document.getElementById(help.dataset.shortcuts);
    const links = [...list.querySelectorAll("[data-item]")];
    const move = (by) => {
      const row = document.activeElement.closest("li, tr");
      const at = links.findIndex((link) => row?.contains(link));
      links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
    };
    const acts = {
      KeyJ: () => move(1),
      KeyK: () => move(-1),
      KeyS: () => document.querySelector("main form input:is([type=search], [type=text])")?.focus(),
    };
    const toggle = () => {
      help.open = !help.open;
      if (help.open) help.scrollIntoView({ block: "nearest" });
    };
    help.hidden = false;
    list.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const act = event.key === "?" ? toggle : acts[event.code];
      if (!act) return;
      event.preventDefault();
      act();
    });
  }
}

for (const comfort of [focusWhatMatters, followErrorLinks, countCharacters, showPasswords, copyAddresses, printPages, ignoreDoublePresses, showLongWork, keepDrafts, closeMenu, moveThroughLists]) {
  comfort();
}
