/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SPECULATIVE_RATE_H
#define SPECULATIVE_RATE_H

#include <cstdint>

/**
 * @file
 * @ingroup llm-mec
 * Closed forms of speculative decoding, for drafts of which each is accepted with the same
 * probability a, independently of the others, in windows of g drafts. No simulator in here.
 *
 * Derivations. A conventional round yields the accepted drafts before the first rejection, and one
 * token of the target: 1 + a + ... + a^g tokens. In parallel decoding a renewal lasts from one
 * rejection to the next and yields 1 / (1 - a) tokens. In lock-step it takes one cycle for the
 * first draft, which succeeds with probability a, and then a geometric number of cycles that each
 * check g drafts: 1 + a / (1 - a^g) cycles. When replies count as they come, the rejecting cycle
 * takes L and not the longer of B and L, and a failed first draft takes P.
 *
 * B = g t_d is the time to draft a window, L the time from sending it to the reply, and P the time
 * after a restart at which the device knows whether its first draft is right.
 */

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Who waits for whom.
 */
enum class SpeculativeMode
{
    CONVENTIONAL, ///< draft, send, verify, reply, one after the other
    LOCK_STEP, ///< the device drafts a window while the server verifies the one before; both wait
               ///< for each other after each (PEARL)
    EVENT,     ///< as lock-step, but a reply counts when it comes; one window in flight
    STREAMING  ///< as event, with any number of windows in flight
};

/**
 * @ingroup llm-mec
 * @brief What the parts of a round take.
 */
struct SpeculativeTimes
{
    double draftTokenS{0};  ///< t_d, the device's time for a draft, s, > 0
    double uplinkS{0};      ///< U, of sending a window, without its tokens, s, >= 0
    double uplinkTokenS{0}; ///< of sending each draft of it, s, >= 0
    double verifyS{0};      ///< V, of verifying a window, with waiting, s, >= 0
    double downlinkS{0};    ///< D, of a reply, s, >= 0
    double preVerifyS{0};   ///< V1, of the target's next token after a known text, s, >= 0

    /// @param window g @return B, s
    double GetDraftS(uint32_t window) const;
    /// @param window g @return L, s
    double GetRoundTripS(uint32_t window) const;
    /// @return P, s, where the target's token comes down and the device compares
    double GetRestartS() const;
};

/**
 * @ingroup llm-mec
 * Tokens of a conventional round, (1 - a^(g+1)) / (1 - a); of a server pass in that mode.
 * @param acceptance a, [0, 1]
 * @param window g, >= 1
 * @return tokens
 */
double TokensPerRound(double acceptance, uint32_t window);

/**
 * @ingroup llm-mec
 * Tokens of a cycle in lock-step, [1 / (1 - a)] / [1 + a / (1 - a^g)]; of a server pass in all
 * parallel modes.
 * @param acceptance a, [0, 1]
 * @param window g, >= 1
 * @return tokens
 */
double TokensPerCycle(double acceptance, uint32_t window);

/**
 * @ingroup llm-mec
 * Rate of a device that has radio and server for itself.
 * @param mode who waits for whom; EVENT is exact where L >= t_d, so that the draft that a verdict
 * is compared with is written when it comes; STREAMING is exact where neither radio nor server is
 * slower than the device, and takes the slowest of them for the device's time elsewhere
 * @param acceptance a, [0, 1]
 * @param window g, >= 1
 * @param times what the parts take
 * @return tokens a second
 */
double SpeculativeRatePerS(SpeculativeMode mode,
                           double acceptance,
                           uint32_t window,
                           const SpeculativeTimes& times);

/**
 * @ingroup llm-mec
 * Drafts for each token of the answer. For EVENT it is exact where P <= B.
 * @param mode who waits for whom, not STREAMING, whose device never stops drafting
 * @param acceptance a, [0, 1]
 * @param window g, >= 1
 * @param times what the parts take
 * @return drafts a token
 */
double DraftedPerToken(SpeculativeMode mode,
                       double acceptance,
                       uint32_t window,
                       const SpeculativeTimes& times);

/**
 * @ingroup llm-mec
 * Share of the drafts that end in the answer.
 * @param mode who waits for whom, not STREAMING
 * @param acceptance a, [0, 1]
 * @param window g, >= 1
 * @param times what the parts take
 * @return share, [0, 1]
 */
double UsefulDraftShare(SpeculativeMode mode,
                        double acceptance,
                        uint32_t window,
                        const SpeculativeTimes& times);

/**
 * @ingroup llm-mec
 * The window of the highest rate, by trying all.
 * @param mode who waits for whom
 * @param acceptance a, [0, 1]
 * @param times what the parts take
 * @param largest largest window, >= 1
 * @return the smallest of the best windows
 */
uint32_t BestWindow(SpeculativeMode mode,
                    double acceptance,
                    const SpeculativeTimes& times,
                    uint32_t largest);

/**
 * @ingroup llm-mec
 * @brief Uplink rates between which lock-step is faster than conventional decoding.
 */
struct BreakEvenUplink
{
    double lowBps{0};  ///< lowest rate, bit/s; infinite where none is high enough
    double highBps{0}; ///< highest rate, bit/s; infinite where it stays faster
};

/**
 * @ingroup llm-mec
 * Where lock-step and conventional decoding are equally fast. With rho = TokensPerRound /
 * TokensPerCycle - 1, lock-step is faster where rho < L / B < 1 / rho.
 * @param acceptance a, [0, 1)
 * @param window g, >= 1
 * @param draftTokenS t_d, s
 * @param windowBits of a window with its header, bits
 * @param restS of L that is not the upload, s
 * @return the rates
 */
BreakEvenUplink GetBreakEvenUplink(double acceptance,
                                   uint32_t window,
                                   double draftTokenS,
                                   double windowBits,
                                   double restS);

} // namespace llmmec
} // namespace ns3

#endif // SPECULATIVE_RATE_H
