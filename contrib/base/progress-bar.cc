/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "progress-bar.h"

#include "terminal.h"

#include <algorithm>
#include <cstdio>

namespace base
{

ProgressBar::ProgressBar(const std::string& label, int64_t total, bool wanted)
    : m_label(label),
      m_total(std::max<int64_t>(total, 1)),
      m_shows(wanted && ShowsProgress())
{
}

ProgressBar::~ProgressBar()
{
    if (m_begun)
    {
        std::fputc('\n', stderr);
    }
}

void
ProgressBar::Show(int64_t done, const std::string& note)
{
    const Clock::time_point now = Clock::now();
    if (!m_shows || (m_begun && done < m_total && now - m_last < std::chrono::milliseconds(100)))
    {
        return;
    }
    if (!m_begun)
    {
        m_begun = true;
        m_firstDone = done;
        m_start = now;
    }
    m_last = now;
    const int width = 30;
    const int filled = int(width * std::min(done, m_total) / m_total);
    const double seconds = std::chrono::duration<double>(now - m_start).count();
    const int64_t stepsHere = done - m_firstDone;
    const double left = stepsHere > 0 ? seconds / double(stepsHere) * double(m_total - done) : 0;
    std::fprintf(stderr,
                 "\r%s [%s%s] %3d %%  %.0f s left  %s\033[K",
                 m_label.c_str(),
                 std::string(filled, '#').c_str(),
                 std::string(width - filled, ' ').c_str(),
                 int(100 * done / m_total),
                 left,
                 note.c_str());
    std::fflush(stderr);
}

} // namespace base
