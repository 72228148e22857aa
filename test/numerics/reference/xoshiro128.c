/*
 * Makes the numbers in random.test.ts: cc -O1 xoshiro128.c && ./a.out
 * xoshiro128** 1.1 of Blackman and Vigna (2021), written in 32-bit unsigned arithmetic, which JavaScript lacks.
 */
#include <stdint.h>
#include <stdio.h>

static uint32_t rotl(uint32_t word, int bits) { return (word << bits) | (word >> (32 - bits)); }

static uint32_t next(uint32_t s[4]) {
  const uint32_t result = rotl(s[1] * 5u, 7) * 9u;
  const uint32_t t = s[1] << 9;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotl(s[3], 11);
  return result;
}

int main(void) {
  uint32_t states[2][4] = {{1, 2, 3, 4}, {0x964D4A0C, 0xD40AB895, 0xAD7FDECB, 0x3006F0F0}};
  for (int i = 0; i < 2; i++) {
    for (int k = 0; k < 8; k++) printf("%u, ", next(states[i]));
    printf("\n");
  }
  return 0;
}
