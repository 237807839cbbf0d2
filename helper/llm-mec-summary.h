/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_SUMMARY_H
#define LLM_MEC_SUMMARY_H

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The text of a summary.json: numbers by name in the order of adding, then what reproduces
 * the run: settings, seed, run and versions.
 */
class LlmMecSummary
{
  public:
    LlmMecSummary();
    ~LlmMecSummary();

    LlmMecSummary(const LlmMecSummary&) = delete;
    LlmMecSummary& operator=(const LlmMecSummary&) = delete;

    /**
     * Refuse a folder in which the summary would be of something else than what stays beside it.
     * @param folder of the files
     * @param own names of the files that the program writes
     * @throw std::runtime_error in one line when there is a file of another program, or a training
     */
    static void RefuseOthers(const std::string& folder, const std::set<std::string>& own);

    /// @param name of a number @param value the number
    void Add(const std::string& name, double value);
    /// @param name of a number @param count the number
    void AddCount(const std::string& name, uint64_t count);
    /// @param name of an object @param values its numbers by name
    void Add(const std::string& name, const std::vector<std::pair<std::string, double>>& values);
    /// @param name of a text @param text the text
    void Add(const std::string& name, const std::string& text);
    /// @param name of an interval @param low its lower end @param high its upper end; null where
    /// they are not finite
    void AddInterval(const std::string& name, double low, double high);

    /**
     * @param settings names and values that reproduce the run
     * @return the file's text
     */
    std::string GetText(const std::vector<std::pair<std::string, std::string>>& settings) const;

  private:
    struct Document; // keeps nlohmann-json out of this header

    std::unique_ptr<Document> m_document; //!< what was added
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_SUMMARY_H
