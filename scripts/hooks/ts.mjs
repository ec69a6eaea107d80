/**
 * `node --import ./scripts/hooks/ts.mjs file.ts`: runs TypeScript on every supported Node.
 * The packages of the house are the built ones, as a user gets them.
 */
import { install } from './install.mjs';

install('dist');
