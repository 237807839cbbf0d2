/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SPECULATIVE_VERIFIER_H
#define SPECULATIVE_VERIFIER_H

#include "speculative-rate.h"

#include "ns3/speculative-message.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Verify a window: what the target model does in one pass.
 * @param window the drafts
 * @param target ids of the target's own text, longer than window.first
 * @return the verdict; with all drafts right its last token is the one after them, where the text
 * goes on
 */
DraftVerdict VerifyDrafts(const DraftWindow& window, const std::vector<uint32_t>& target);

/**
 * @ingroup llm-mec
 * @brief Compute the token after a known text: what the target model does in one pass.
 * @param request the text
 * @param target ids of the target's own text, longer than request.known
 * @return the verdict
 */
DraftVerdict VerifyRestart(const PreVerifyRequest& request, const std::vector<uint32_t>& target);

/**
 * @ingroup llm-mec
 * @brief A pass of the target model that a verifier wants, in tokens of the answer.
 */
struct VerifierPass
{
    uint64_t rightTokens{0}; ///< of the answer that are right, and are not computed again
    uint64_t tokens{0};      ///< of the answer, with drafts and padding, that are computed then
    uint32_t rows{0};        ///< rows of logits, of the last tokens
    bool isPre{false};       ///< whether it answers a restart and not a window
    bool isAhead{false};     ///< whether the device may not need it
};

/**
 * @ingroup llm-mec
 * @brief The server's side of speculative decoding for one answer, as a machine of values: it is
 * told what has arrived and computed, and says which pass is next. The counterpart of
 * SpeculativeSession.
 *
 * A restart of the device is known here where a draft of a window was wrong: the pass for the next
 * token (pre-verify) follows at once. Not so where the device itself finds that its next draft is
 * another token than the target's. For that case the verifier may go on with the target's own token
 * before it is asked, for some passes ahead; a window that arrives shows that this was not needed.
 * With any number of passes ahead and no drafts it is plain decoding by the server. In lock-step
 * the device asks at each restart, as both wait for each other there.
 */
class SpeculativeVerifier
{
  public:
    /**
     * @param mode who waits for whom
     * @param aheadPasses passes after the last one that is known to be needed; the device counts
     * with the same number
     * @param target ids of the target's own text, at least one
     */
    SpeculativeVerifier(SpeculativeMode mode, uint32_t aheadPasses, std::vector<uint32_t> target);

    /// A message of the device has arrived. Those of before a restart are passed over.
    /// @param upload the message
    void Add(const SpeculativeUpload& upload);

    /// @return the next pass, if there is one and none is under way; it is under way then
    std::optional<VerifierPass> TakePass();
    /// @return whether the pass under way is not needed, since a window is here
    bool WantsWithdrawal() const;
    /// The pass under way was given up.
    void WithdrawPass();
    /**
     * The answer goes on at another server: a pass under way is given up, and wanted again where it
     * still says something. All that the device has sent stays known, and messages on their way are
     * to be added later, in their order.
     */
    void HandOver();

    /// @return the verdict of the pass under way, which is complete; none for the prompt alone
    /// @throws std::logic_error where none is under way
    std::optional<DraftVerdict> EndPass();

    /// @return tokens of the whole answer
    uint64_t GetTokens() const;

  private:
    /// A pass for the next token after a known text
    struct PrePass
    {
        PreVerifyRequest after; //!< the text
        bool isAhead{false};    //!< whether the device may not need it
    };

    /// A window has arrived. @param window the window
    void AddWindow(const DraftWindow& window);
    /// A restart of the device is known. @param after the text that it goes on from
    void AddRestart(const PreVerifyRequest& after);
    /// @param window a window, of which all before it is verified @return whether the device gave
    /// it up after it was sent
    bool IsStale(const DraftWindow& window) const;
    /// The first window that waits is next, unless its first draft is wrong.
    void TakeWindow();
    /// @return the verdict of the window under way
    DraftVerdict EndWindow();
    /// Pass over windows of before a restart. @param epoch of the restart
    void DropWindows(uint64_t epoch);
    /// Note what follows if the device restarts. @param after the text that it would go on from
    void SetNext(const PreVerifyRequest& after);

    SpeculativeMode m_mode;                 //!< who waits for whom
    uint32_t m_aheadPasses;                 //!< after the last one that is known to be needed
    std::vector<uint32_t> m_target;         //!< ids of the target's own text
    uint64_t m_epoch{0};                    //!< restarts of the device that are known here
    uint64_t m_preEpochs{0};                //!< restarts whose pass was begun
    uint64_t m_aheadEpoch{0};               //!< last restart whose pass is begun before it is known
    std::deque<DraftWindow> m_windows;      //!< to be verified
    std::optional<PrePass> m_pre;           //!< to be computed, as it is known to be needed
    std::optional<PreVerifyRequest> m_next; //!< what the pass after the last one would go on from
    std::optional<DraftWindow> m_atWindow;  //!< under way
    std::optional<PrePass> m_atPre;         //!< under way
};

} // namespace llmmec
} // namespace ns3

#endif // SPECULATIVE_VERIFIER_H
