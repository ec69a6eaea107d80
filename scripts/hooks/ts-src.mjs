/**
 * `node --import ./scripts/hooks/ts-src.mjs file.ts`: runs TypeScript on every supported Node.
 * The packages of the house are read from their sources: nothing needs to be built.
 */
import { install } from './install.mjs';

install('src');
