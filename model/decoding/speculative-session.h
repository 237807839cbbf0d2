/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SPECULATIVE_SESSION_H
#define SPECULATIVE_SESSION_H

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
 * @brief What became of the drafts at one place of their windows.
 */
struct DraftCount
{
    uint64_t drafted{0};  ///< written
    uint64_t accepted{0}; ///< in the answer
};

/**
 * @ingroup llm-mec
 * @brief The device's side of speculative decoding, as a machine of values: it is told what has
 * happened and says what to do next. It knows no time, no radio and no simulator.
 *
 * The answer is always the target's own text; drafts only say sooner what it is. In the parallel
 * modes a restart has the verifier compute the target's next token while the device drafts
 * (pre-verify): the first window is sent only when its first draft is known to be right. After that
 * the device goes on drafting while windows are verified (post-verify), until a draft is wrong.
 *
 * Who drives a session asks after each call whether it wants a draft, has a window to send, or
 * wants a pre-verify, and does these things in whatever time they take. The first pre-verify begins
 * the answer, also in the conventional mode, in which it has no verdict. The device does not ask
 * for a pre-verify that the verifier does by itself: see SpeculativeVerifier.
 */
class SpeculativeSession
{
  public:
    /**
     * @param mode who waits for whom
     * @param window g, drafts of a window, >= 1
     * @param tokens length of the answer, >= 1
     * @param aheadPasses passes that the verifier does before it is asked, as it was told
     */
    SpeculativeSession(SpeculativeMode mode,
                       uint32_t window,
                       uint64_t tokens,
                       uint32_t aheadPasses = 0);

    /// Choose the window of the next restart on, in conventional mode of the next round on.
    /// @param window g, >= 1
    void SetWindow(uint32_t window);

    /// @return whether the answer is complete
    bool IsDone() const;
    /// @return whether the device is to write a draft now, or goes on writing one
    bool WantsDraft() const;
    /// @return number of the token in the answer that the next draft is for
    uint64_t GetNextPosition() const;

    /// @return its place in its window, from 0
    uint32_t GetNextPlace() const;

    /// @return whether the verifier is to be asked for the target's next token; taken by
    /// TakePreVerify
    bool WantsPreVerify() const;
    /// @return the text that the verifier is to go on from
    PreVerifyRequest TakePreVerify();

    /// @return a window to send now, if there is one
    std::optional<DraftWindow> TakeWindow();

    /**
     * The device has written the draft that the session wanted.
     * @param token its id
     */
    void AddDraft(uint32_t token);

    /**
     * A verdict has come. Those of before a restart are passed over.
     * @param verdict the verdict
     * @throws std::logic_error where it says less than is known
     */
    void AddVerdict(const DraftVerdict& verdict);

    /// @return the answer so far: ids of the target's text
    const std::vector<uint32_t>& GetAnswer() const;
    /// @return drafts that were written
    uint64_t GetDrafted() const;
    /// @return drafts that are in the answer
    uint64_t GetAccepted() const;
    /// @return windows that were sent
    uint64_t GetWindows() const;
    /// @return times that it began anew after a wrong draft; conventional rounds count too
    uint64_t GetRestarts() const;
    /// @return rounds, or cycles in the parallel modes, that are complete: verdicts, each of a pass
    /// of the target
    uint64_t GetRounds() const;
    /// @return times that a draft after a right text was wrong, as far as is known
    uint64_t GetWrong() const;
    /// @return by place in the window, from 0
    const std::vector<DraftCount>& GetCounts() const;

  private:
    /// Act on the verdicts that can be acted on.
    void Apply();
    /// @param verdict a verdict @return whether it has to wait for drafts
    bool MustWait(const DraftVerdict& verdict) const;
    /// Act on a verdict. @param verdict the verdict
    void ApplyVerdict(const DraftVerdict& verdict);
    /// The first draft after the answer is right.
    void AcceptDraft();
    /// Begin anew after the answer. @param isKnown whether the verifier knows it
    void Restart(bool isKnown);
    /// @param verdict a verdict @return whether it says something about drafts or text of now
    bool IsUseful(const DraftVerdict& verdict) const;
    /// @return whether the next window may be sent
    bool MaySend() const;

    /// A draft that was not judged yet
    struct Draft
    {
        uint32_t token{0}; //!< id
        uint32_t place{0}; //!< in its window, from 0
    };

    SpeculativeMode m_mode;              //!< who waits for whom
    uint32_t m_window;                   //!< g
    uint32_t m_nextWindow;               //!< g of the next restart on
    uint64_t m_tokens;                   //!< length of the answer
    std::vector<uint32_t> m_answer;      //!< known tokens
    std::deque<Draft> m_drafts;          //!< after the answer
    DraftWindow m_open;                  //!< that is being written
    std::deque<DraftWindow> m_full;      //!< to be sent
    std::deque<DraftVerdict> m_verdicts; //!< that wait for drafts
    std::deque<DraftVerdict> m_early;    //!< that wait for a restart, in order
    std::deque<uint64_t> m_ends;         //!< first + size of each window in flight
    uint32_t m_aheadPasses;              //!< that the verifier does before it is asked
    uint64_t m_aheadEpoch;               //!< last restart whose pre-verify need not be asked for
    uint64_t m_epoch{0};                 //!< restarts
    uint32_t m_cycleDrafts{0};           //!< drafts since a verdict was acted on
    bool m_wantsPreVerify{false};        //!< the verifier is to be asked for the next token
    bool m_isFirstRight{false};          //!< the first draft since the restart is known to be right
    uint64_t m_drafted{0};               //!< drafts written
    uint64_t m_accepted{0};              //!< drafts in the answer
    uint64_t m_sent{0};                  //!< windows sent
    uint64_t m_rounds{0};                //!< rounds or cycles
    uint64_t m_wrong{0};                 //!< wrong drafts after a right text
    std::vector<DraftCount> m_counts;    //!< by place in the window
};

} // namespace llmmec
} // namespace ns3

#endif // SPECULATIVE_SESSION_H
