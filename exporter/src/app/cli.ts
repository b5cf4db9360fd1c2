/** The command line: parsing, help, completion and check-config. */
export { checkConfig, renderMistakes, type Printout } from './cli/check-config.js';
export type { CommandName } from './cli/commands.js';
export { completionScript, type Shell } from './cli/completion.js';
export { renderCommandDocs } from './cli/docs.js';
export { EXIT_MISTAKE } from './cli/help.js';
export { parseCommand, type ParsedCommand } from './cli/parse.js';
