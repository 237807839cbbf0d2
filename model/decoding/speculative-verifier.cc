/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "speculative-verifier.h"

#include "ns3/log.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("SpeculativeVerifier");

DraftVerdict
VerifyDrafts(const DraftWindow& window, const std::vector<uint32_t>& target)
{
    NS_LOG_FUNCTION(window.epoch << window.first << window.tokens.size());
    uint64_t known = window.first;
    for (const uint32_t draft : window.tokens)
    {
        if (known == target.size() || draft != target[known])
        {
            break;
        }
        ++known;
    }
    // The pass also yields the target's own token after the drafts that are right.
    known = std::min<uint64_t>(known + 1, target.size());
    return {window.epoch, known, target.at(known - 1), false};
}

DraftVerdict
VerifyRestart(const PreVerifyRequest& request, const std::vector<uint32_t>& target)
{
    NS_LOG_FUNCTION(request.epoch << request.known);
    return {request.epoch, request.known + 1, target.at(request.known), true};
}

SpeculativeVerifier::SpeculativeVerifier(SpeculativeMode mode,
                                         uint32_t aheadPasses,
                                         std::vector<uint32_t> target)
    : m_mode(mode),
      m_aheadPasses(mode == SpeculativeMode::LOCK_STEP ? 0 : aheadPasses),
      m_target(std::move(target))
{
    NS_LOG_FUNCTION(this << aheadPasses << m_target.size());
}

uint64_t
SpeculativeVerifier::GetTokens() const
{
    return m_target.size();
}

void
SpeculativeVerifier::Add(const SpeculativeUpload& upload)
{
    if (upload.window.tokens.empty())
    {
        AddRestart(upload.request);
        return;
    }
    AddWindow(upload.window);
}

void
SpeculativeVerifier::AddRestart(const PreVerifyRequest& after)
{
    NS_LOG_FUNCTION(this << after.epoch << after.known);
    m_aheadEpoch = std::max(m_aheadEpoch, after.epoch + m_aheadPasses);
    if (after.epoch < m_preEpochs || after.known >= m_target.size())
    {
        return; // that pass was begun already
    }
    m_epoch = std::max(m_epoch, after.epoch);
    DropWindows(after.epoch);
    if (!m_windows.empty())
    {
        return; // the device has that token already: a pass ahead has told it
    }
    m_next = after;
    m_pre = PrePass{after, false};
}

void
SpeculativeVerifier::DropWindows(uint64_t epoch)
{
    while (!m_windows.empty() && m_windows.front().epoch < epoch)
    {
        m_windows.pop_front();
    }
}

void
SpeculativeVerifier::AddWindow(const DraftWindow& window)
{
    NS_LOG_FUNCTION(this << window.epoch << window.first << window.tokens.size());
    if (window.epoch < m_epoch)
    {
        return;
    }
    m_epoch = window.epoch;
    m_windows.push_back(window);
}

bool
SpeculativeVerifier::IsStale(const DraftWindow& window) const
{
    return m_mode != SpeculativeMode::CONVENTIONAL && window.tokens[0] != m_target.at(window.first);
}

void
SpeculativeVerifier::TakeWindow()
{
    const DraftWindow window = m_windows.front();
    m_windows.pop_front();
    if (IsStale(window))
    {
        // It was sent before the verdict on the window before it arrived, which says so. The pass
        // for the restart may be ahead already.
        m_epoch = std::max(m_epoch, window.epoch + 1);
        DropWindows(window.epoch + 1);
        AddRestart({window.epoch + 1, window.first + 1, 0});
        return;
    }
    m_pre.reset();
    m_next.reset();
    m_atWindow = window;
}

std::optional<VerifierPass>
SpeculativeVerifier::TakePass()
{
    if (m_atWindow || m_atPre)
    {
        return std::nullopt;
    }
    const bool isConventional = m_mode == SpeculativeMode::CONVENTIONAL;
    while (!m_windows.empty() && !m_pre && !m_atWindow)
    {
        TakeWindow();
    }
    if (m_atWindow)
    {
        // In the parallel modes the first draft is known to be right, and the pass says what
        // follows it. In the conventional mode the pass begins with the token before the drafts.
        const uint64_t first = m_atWindow->first;
        const uint64_t tokens = first + m_atWindow->tokens.size();
        const uint64_t right = isConventional && first > 0 ? first - 1 : first;
        return VerifierPass{right, tokens, static_cast<uint32_t>(tokens - right), false, false};
    }
    if (!m_pre && !m_atWindow && m_next && m_next->epoch <= m_aheadEpoch)
    {
        m_pre = PrePass{*m_next, true};
    }
    if (!m_pre)
    {
        return std::nullopt;
    }
    m_next.reset();
    m_atPre = m_pre;
    m_pre.reset();
    const PreVerifyRequest& after = m_atPre->after;
    m_preEpochs = after.epoch + 1;
    const uint64_t rows = std::clamp<uint64_t>(after.padTokens, 1, m_target.size() - after.known);
    const uint64_t right = after.known > 0 ? after.known - 1 : 0;
    return VerifierPass{right,
                        after.known + rows - 1,
                        static_cast<uint32_t>(rows),
                        true,
                        m_atPre->isAhead};
}

bool
SpeculativeVerifier::WantsWithdrawal() const
{
    return m_atPre && m_atPre->isAhead && !m_windows.empty() && !IsStale(m_windows.front());
}

void
SpeculativeVerifier::WithdrawPass()
{
    m_preEpochs = m_atPre->after.epoch;
    m_next = m_atPre->after;
    m_atPre.reset();
}

void
SpeculativeVerifier::HandOver()
{
    NS_LOG_FUNCTION(this << m_atWindow.has_value() << m_atPre.has_value());
    if (m_atWindow)
    {
        if (m_atWindow->epoch >= m_epoch)
        {
            m_windows.push_front(*m_atWindow);
        }
        m_atWindow.reset();
    }
    else if (m_atPre && m_atPre->isAhead)
    {
        WithdrawPass();
    }
    else if (m_atPre)
    {
        m_preEpochs = m_atPre->after.epoch;
        m_pre = m_pre ? m_pre : m_atPre;
        m_atPre.reset();
    }
}

std::optional<DraftVerdict>
SpeculativeVerifier::EndPass()
{
    if (m_atWindow)
    {
        return EndWindow();
    }
    if (!m_atPre)
    {
        throw std::logic_error("SpeculativeVerifier: a pass has ended, expected one under way");
    }
    const PreVerifyRequest after = m_atPre->after;
    m_atPre.reset();
    if (m_mode == SpeculativeMode::CONVENTIONAL)
    {
        return std::nullopt; // the prompt is computed, and windows will come
    }
    SetNext({after.epoch + 1, after.known + 1, 0});
    return VerifyRestart(after, m_target);
}

DraftVerdict
SpeculativeVerifier::EndWindow()
{
    const DraftWindow window = *m_atWindow;
    m_atWindow.reset();
    const DraftVerdict verdict = VerifyDrafts(window, m_target);
    m_preEpochs = window.epoch + 1; // what was computed ahead before it has become useless
    const PreVerifyRequest after{window.epoch + 1, verdict.known, 0};
    const bool isWrong = verdict.known <= window.first + window.tokens.size();
    if (isWrong && m_mode != SpeculativeMode::CONVENTIONAL && m_mode != SpeculativeMode::LOCK_STEP)
    {
        AddRestart(after);
    }
    else if (!isWrong && m_mode != SpeculativeMode::CONVENTIONAL)
    {
        m_aheadEpoch = std::max(m_aheadEpoch, window.epoch + m_aheadPasses);
        SetNext(after);
    }
    return verdict;
}

void
SpeculativeVerifier::SetNext(const PreVerifyRequest& after)
{
    if (after.known < m_target.size())
    {
        m_next = after;
    }
}

} // namespace llmmec
} // namespace ns3
