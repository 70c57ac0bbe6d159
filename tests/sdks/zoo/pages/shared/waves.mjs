// Calls come in waves, so that an SDK that batches makes several batches.
const WAVE = 10;
const PAUSE = 150;

export async function inWaves(number, call) {
  for (let first = 0; first < number; first += WAVE) {
    const indices = Array.from({ length: Math.min(WAVE, number - first) }, (_, offset) => first + offset);
    await Promise.all(indices.map(call));
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
