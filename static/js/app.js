// Every page's behaviours, one module each.
import "./theme.js";
import "./nav.js";
import "./menu.js";
import "./toast.js";
import "./confirm.js";
import "./dialog.js";
import "./dirty-form.js";
import "./autofocus.js";
import "./chart-panel.js";
import "./figure-move.js";
