/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_PROGRESS_BAR_H
#define BASE_PROGRESS_BAR_H

#include <chrono>
#include <cstdint>
#include <string>

namespace base
{

/// @brief One line on standard error that is written over; silent where that is no terminal.
class ProgressBar
{
  public:
    /**
     * @param label before the bar
     * @param total steps in all
     * @param wanted false: silent in any case
     */
    ProgressBar(const std::string& label, int64_t total, bool wanted = true);
    /// Ends the line.
    ~ProgressBar();

    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /**
     * @param done steps so far; drawn at most ten times a second
     * @param note behind the bar, such as "loss 1.23"
     */
    void Show(int64_t done, const std::string& note = {});

  private:
    using Clock = std::chrono::steady_clock; //!< of the rate limit

    std::string m_label;       //!< before the bar
    int64_t m_total;           //!< steps in all
    bool m_shows;              //!< whether anything is written
    bool m_begun{false};       //!< whether something was
    int64_t m_firstDone{0};    //!< steps done at the first call
    Clock::time_point m_start; //!< of the first call
    Clock::time_point m_last;  //!< of the last drawing
};

} // namespace base

#endif // BASE_PROGRESS_BAR_H
