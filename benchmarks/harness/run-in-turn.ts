/**
 * A fresh process for everybody who takes part, all warm before the first round, then round by round in turn (A B C A B C):
 * what disturbs the machine disturbs everybody.
 */
import type { Quantity } from './row.js';
import { type Ready, type Round, SubjectProcess } from './subject-process.js';

/** Somebody who takes part, and how the process is started. */
export interface Participant {
  readonly name: string;
  readonly version?: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Which clock counts, as the row has it. */
  readonly clock?: 'cpu';
  /** Who it is shown beside, if that is not the row's. */
  readonly against?: string;
  /** A process for each round, which is not warm. */
  readonly fresh?: boolean;
  /** Not more rounds than these. */
  readonly atMostRounds?: number;
}

/** A participant and what was measured. */
export interface Measured extends Participant, Ready {
  readonly rounds: readonly Round[];
}

type Player = Measured & { rounds: Round[]; process: SubjectProcess | null };

/**
 * Runs them all.
 *
 * @throws Error when one gives a wrong answer, dies or hangs.
 */
export async function runInTurn(
  participants: readonly Participant[],
  rounds: number,
): Promise<Measured[]> {
  const players = participants.map((participant): Player => ({
    ...participant,
    repeats: 1,
    operations: 1,
    rounds: [],
    process: null,
  }));
  try {
    for (const [at, player] of players.entries()) {
      // One after the other: two that warm up at once are not alone when they learn how long a run takes.
      if (player.fresh !== true) players[at] = await started(player);
    }
    for (let round = 0; round < rounds; round++) {
      for (const [at, player] of players.entries()) {
        if (round < (player.atMostRounds ?? rounds)) players[at] = await played(player);
      }
    }
    return players.map(({ process: _, ...measured }) => measured);
  } finally {
    for (const { process } of players) process?.close();
  }
}

async function started(player: Player): Promise<Player> {
  const process = new SubjectProcess(player.name, player.command, player.args);
  try {
    return { ...player, ...(await process.ready()), process };
  } catch (error) {
    process.close();
    throw error;
  }
}

async function played(player: Player): Promise<Player> {
  const ready = player.process === null ? await started(player) : player;
  const process = ready.process as SubjectProcess;
  try {
    player.rounds.push(await process.round());
  } finally {
    if (player.fresh === true) process.close();
  }
  return player.fresh === true ? { ...ready, process: null } : ready;
}

/** Seconds of one operation, in each round, by the clock that counts. */
export function perOperation({ rounds, operations, clock }: Measured): number[] {
  return rounds.map(
    (round) =>
      (clock === 'cpu' ? round.cpuSeconds : round.seconds) / (round.operations ?? operations),
  );
}

/** One of the two, in each round: seconds of an operation, or bytes. */
export function amounts(measured: Measured, quantity: Quantity): number[] {
  if (quantity === 'time') return perOperation(measured);
  return measured.rounds.map(({ bytes = 0 }) => bytes);
}
