/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "speculative-session.h"

#include "ns3/log.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("SpeculativeSession");

SpeculativeSession::SpeculativeSession(SpeculativeMode mode,
                                       uint32_t window,
                                       uint64_t tokens,
                                       uint32_t aheadPasses)
    : m_mode(mode),
      m_window(window),
      m_nextWindow(window),
      m_tokens(tokens),
      m_aheadPasses(mode == SpeculativeMode::LOCK_STEP ? 0 : aheadPasses),
      m_aheadEpoch(m_aheadPasses),
      m_wantsPreVerify(true),
      m_isFirstRight(mode == SpeculativeMode::CONVENTIONAL)
{
    NS_LOG_FUNCTION(this << window << tokens);
}

void
SpeculativeSession::SetWindow(uint32_t window)
{
    m_nextWindow = window;
    if (m_open.tokens.empty() && m_drafts.empty())
    {
        m_window = window;
    }
}

bool
SpeculativeSession::IsDone() const
{
    return m_answer.size() == m_tokens;
}

uint64_t
SpeculativeSession::GetNextPosition() const
{
    return m_answer.size() + m_drafts.size();
}

uint32_t
SpeculativeSession::GetNextPlace() const
{
    return static_cast<uint32_t>(m_open.tokens.size());
}

bool
SpeculativeSession::WantsDraft() const
{
    if (GetNextPosition() >= m_tokens)
    {
        return false;
    }
    switch (m_mode)
    {
    case SpeculativeMode::CONVENTIONAL:
        return m_ends.empty() && m_full.empty();
    case SpeculativeMode::LOCK_STEP:
        return m_cycleDrafts < m_window;
    default:
        // A full window that has to wait stops the device.
        return m_full.empty() || MaySend();
    }
}

bool
SpeculativeSession::MaySend() const
{
    const bool isOneAtATime = m_mode != SpeculativeMode::STREAMING;
    return m_isFirstRight && !(isOneAtATime && !m_ends.empty());
}

bool
SpeculativeSession::WantsPreVerify() const
{
    return m_wantsPreVerify && !IsDone();
}

PreVerifyRequest
SpeculativeSession::TakePreVerify()
{
    m_wantsPreVerify = false;
    return {m_epoch, m_answer.size(), m_mode == SpeculativeMode::LOCK_STEP ? m_window : 0};
}

std::optional<DraftWindow>
SpeculativeSession::TakeWindow()
{
    if (IsDone() || m_full.empty() || !MaySend())
    {
        return std::nullopt;
    }
    const DraftWindow window = m_full.front();
    m_full.pop_front();
    m_ends.push_back(window.first + window.tokens.size());
    ++m_sent;
    return window;
}

void
SpeculativeSession::AddDraft(uint32_t token)
{
    if (!WantsDraft())
    {
        throw std::logic_error("SpeculativeSession: a draft came that was not wanted, expected "
                               "WantsDraft to be asked before");
    }
    if (m_open.tokens.empty())
    {
        m_open.epoch = m_epoch;
        m_open.first = GetNextPosition();
    }
    const uint32_t place = GetNextPlace();
    if (place >= m_counts.size())
    {
        m_counts.resize(place + 1);
    }
    ++m_counts[place].drafted;
    ++m_drafted;
    ++m_cycleDrafts;
    m_open.tokens.push_back(token);
    m_drafts.push_back({token, place});
    if (m_open.tokens.size() == m_window || GetNextPosition() == m_tokens)
    {
        m_full.push_back(m_open);
        m_open.tokens.clear();
    }
    Apply();
}

void
SpeculativeSession::AddVerdict(const DraftVerdict& verdict)
{
    NS_LOG_FUNCTION(this << verdict.epoch << verdict.known << verdict.token);
    if (verdict.epoch < m_epoch || IsDone())
    {
        return; // of drafts that were given up
    }
    if (verdict.known > m_tokens || verdict.known == 0)
    {
        throw std::logic_error("SpeculativeSession: a verdict on " + std::to_string(verdict.known) +
                               " tokens, expected 1 to " + std::to_string(m_tokens));
    }
    if (verdict.epoch > m_epoch)
    {
        m_early.push_back(verdict);
        return;
    }
    if (!verdict.isPre)
    {
        m_early.clear(); // computed before this pass, and not needed
    }
    m_verdicts.push_back(verdict);
    Apply();
}

bool
SpeculativeSession::IsUseful(const DraftVerdict& verdict) const
{
    // What the verifier did ahead of another text says nothing about this one.
    return !verdict.isPre || verdict.known == m_answer.size() + 1;
}

void
SpeculativeSession::Apply()
{
    while (!m_verdicts.empty() && !MustWait(m_verdicts.front()))
    {
        const DraftVerdict verdict = m_verdicts.front();
        m_verdicts.pop_front();
        ApplyVerdict(verdict);
    }
}

bool
SpeculativeSession::MustWait(const DraftVerdict& verdict) const
{
    if (m_mode == SpeculativeMode::CONVENTIONAL || verdict.known == m_tokens)
    {
        return false;
    }
    if (m_mode == SpeculativeMode::LOCK_STEP && WantsDraft())
    {
        return true; // the cycle ends when the device has written its window
    }
    // The device is still writing the draft that the target's token is compared with.
    return verdict.known > GetNextPosition();
}

void
SpeculativeSession::ApplyVerdict(const DraftVerdict& verdict)
{
    if (!IsUseful(verdict))
    {
        return;
    }
    bool isKnown = false;
    if (!verdict.isPre)
    {
        const uint64_t end = m_ends.front();
        m_ends.pop_front();
        isKnown = verdict.known <= end;
        m_aheadEpoch = std::max(m_aheadEpoch, m_epoch + m_aheadPasses);
    }
    ++m_rounds;
    m_cycleDrafts = 0;
    if (verdict.known <= m_answer.size())
    {
        return; // an earlier verdict has told it
    }
    while (m_answer.size() + 1 < verdict.known)
    {
        AcceptDraft();
    }
    if (!m_drafts.empty() && m_drafts.front().token == verdict.token)
    {
        AcceptDraft();
        m_isFirstRight = true;
        return;
    }
    m_wrong += m_mode == SpeculativeMode::CONVENTIONAL ? isKnown : !m_drafts.empty();
    m_answer.push_back(verdict.token);
    Restart(isKnown);
}

void
SpeculativeSession::AcceptDraft()
{
    if (m_drafts.empty())
    {
        throw std::logic_error("SpeculativeSession: a verdict on drafts that were not written");
    }
    m_answer.push_back(m_drafts.front().token);
    ++m_accepted;
    ++m_counts[m_drafts.front().place].accepted;
    m_drafts.pop_front();
}

void
SpeculativeSession::Restart(bool isKnown)
{
    ++m_epoch;
    m_window = m_nextWindow;
    m_drafts.clear();
    m_open.tokens.clear();
    m_full.clear();
    m_verdicts.clear();
    m_ends.clear();
    m_isFirstRight = m_mode == SpeculativeMode::CONVENTIONAL;
    NS_LOG_LOGIC("restart " << m_epoch << " after " << m_answer.size() << " tokens");
    if (m_isFirstRight)
    {
        return;
    }
    const bool isExpected = isKnown && m_mode != SpeculativeMode::LOCK_STEP;
    m_wantsPreVerify = !isExpected && m_epoch > m_aheadEpoch;
    if (isExpected || m_wantsPreVerify)
    {
        m_aheadEpoch = m_epoch + m_aheadPasses;
    }
    std::deque<DraftVerdict> early;
    early.swap(m_early);
    for (const DraftVerdict& verdict : early)
    {
        if (verdict.epoch == m_epoch && IsUseful(verdict))
        {
            m_verdicts.push_back(verdict);
        }
        else if (verdict.epoch > m_epoch)
        {
            m_early.push_back(verdict);
        }
    }
}

const std::vector<uint32_t>&
SpeculativeSession::GetAnswer() const
{
    return m_answer;
}

uint64_t
SpeculativeSession::GetDrafted() const
{
    return m_drafted;
}

uint64_t
SpeculativeSession::GetAccepted() const
{
    return m_accepted;
}

uint64_t
SpeculativeSession::GetWindows() const
{
    return m_sent;
}

uint64_t
SpeculativeSession::GetRestarts() const
{
    return m_epoch;
}

uint64_t
SpeculativeSession::GetRounds() const
{
    return m_rounds;
}

uint64_t
SpeculativeSession::GetWrong() const
{
    return m_wrong;
}

const std::vector<DraftCount>&
SpeculativeSession::GetCounts() const
{
    return m_counts;
}

} // namespace llmmec
} // namespace ns3
