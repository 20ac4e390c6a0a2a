// The isolation test of seed 004, verbatim apart from its import line; the values of its keys are set before it.
import { MemoryClient } from 'anchorhold';

import { baseUrl, tenant } from "./support/server.js";

process.env.SATORI_API_KEY = (await tenant()).apiKey;
process.env.SATORI_URL = baseUrl;

describe('Memory Isolation', () => {
  const config = {
    apiKey: process.env.SATORI_API_KEY!,
    baseUrl: process.env.SATORI_URL!,
  };
  
  it('isolates memories between users', async () => {
    // Create clients for two users
    const aliceClient = new MemoryClient({ ...config, userId: 'alice' });
    const bobClient = new MemoryClient({ ...config, userId: 'bob' });
    
    // Alice saves a memory
    await aliceClient.addMemory('Alice likes TypeScript');
    
    // Bob searches for memories
    const bobMemories = await bobClient.searchMemories('TypeScript');
    
    // Bob should not see Alice's memory
    expect(bobMemories).toHaveLength(0);
  });
});

it("finds for alice what it did not find for bob", async () => {
  const { SATORI_API_KEY: apiKey } = process.env;
  const alice = await new MemoryClient({ apiKey, baseUrl, userId: "alice" }).searchMemories("TypeScript");
  expect(alice.map(({ content }) => content)).toEqual(["Alice likes TypeScript"]);
});
