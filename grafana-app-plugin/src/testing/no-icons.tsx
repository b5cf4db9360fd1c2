/** In place of icons, which a browser fetches. */
const Icon = () => <svg />;
module.exports = { __esModule: true, default: Icon };
