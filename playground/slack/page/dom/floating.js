/** Lists and menus that float above everything, dialogs too, beside what opens them. */

const GAP = 4;
const EDGE = 8;

/** Let a box float; it closes on a press elsewhere. `onclose` runs whenever it closes. */
export function floating(box, anchor, { wide = false, onclose = () => {} } = {}) {
  box.setAttribute("popover", "manual");
  let open = false;
  const move = () => place(box, anchor, wide);
  const outside = (event) => {
    if (!box.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const listen = (change) => {
    document[change]("scroll", move, true);
    window[change]("resize", move);
    document[change]("pointerdown", outside, true);
  };
  function show() {
    if (!open) {
      box.showPopover();
      listen("addEventListener");
    }
    open = true;
    move();
  }
  function close() {
    if (!open) return;
    open = false;
    listen("removeEventListener");
    if (box.isConnected) box.hidePopover();
    onclose();
  }
  return { show, close, move, isOpen: () => open, toggle: () => (open ? close() : show()) };
}

/** Below the anchor, or above it where there is more room. */
function place(box, anchor, wide) {
  const at = anchor.getBoundingClientRect();
  const below = window.innerHeight - at.bottom - GAP - EDGE;
  const above = at.top - GAP - EDGE;
  if (wide) box.style.width = `${at.width}px`;
  const up = below < Math.min(box.scrollHeight, 240) && above > below;
  box.style.maxHeight = `${Math.max(80, Math.min(320, up ? above : below))}px`;
  const left = Math.min(at.left, window.innerWidth - box.offsetWidth - EDGE);
  box.style.left = `${Math.max(EDGE, left)}px`;
  box.style.top = up ? `${at.top - GAP - box.offsetHeight}px` : `${at.bottom + GAP}px`;
}
