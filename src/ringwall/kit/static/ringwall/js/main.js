// Every page works without this; it adds speed and the keyboard.
import "./requests.js";
import "./frame.js";
import "./menus.js";
import "./keys.js";
import "./palette.js";
import "./forms.js";
import "./suggest.js";
import "./register.js";
import "./selection.js";
import "./grid.js";
import "./editing.js";
import "./paste.js";
import "./tree.js";
import "./terms.js";
