// Loaded into the real Electron before the app: keeps what the app's tray shows, which Electron itself does not tell. Changes
// nothing of what it does.
const { Tray } = require('electron');
const path = require('node:path');

const seen = { image: null, tooltip: '', menu: null };
globalThis.signalboxTray = seen;

function listen(method, note) {
  const real = Tray.prototype[method];
  Tray.prototype[method] = function heard(value) {
    note(value);
    return real.call(this, value);
  };
}
listen('setImage', (image) => {
  seen.image = path.basename(String(image));
});
listen('setToolTip', (text) => {
  seen.tooltip = text;
});
listen('setContextMenu', (menu) => {
  seen.menu = menu;
});
// macOS: the menu waits for the other button, and is only then handed over.
const buildFromTemplate = require('electron').Menu.buildFromTemplate;
require('electron').Menu.buildFromTemplate = (template) => {
  const menu = buildFromTemplate(template);
  if (menu.items.some(({ label }) => label === 'Open Signalbox')) seen.menu = menu;
  return menu;
};
