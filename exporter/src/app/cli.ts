/** The command line: parsing, help and check-config. */
export { checkConfig, renderMistakes, type Printout } from './cli/check-config.js';
export { EXIT_MISTAKE } from './cli/help.js';
export { parseCommand, type ParsedCommand } from './cli/parse.js';
