/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_HALLUCINATION_H
#define ECLD_HALLUCINATION_H

#include <string>
#include <vector>

namespace ecld
{

/// What is true about something, and what would contradict it.
struct KnownFacts
{
    std::vector<std::string> accepted; ///< values that are true, of any relation
    std::vector<std::string> others;   ///< values of the same relations that belong to others
};

/// Sentences of a generated text, held against what is known.
struct FactCheck
{
    int sentences{0};    ///< S_i of (24)
    int consistent{0};   ///< those that name an accepted value and none of another
    int contradicted{0}; ///< those that name a value of another
};

/**
 * @brief A text in which values are looked for.
 *
 * They are found as whole words. Names, which mix cases, are found in any case; codes, numbers and
 * plain words, which have one case throughout, only as they are written: neither "is" nor "ISR"
 * names the code IS.
 */
class ValueFinder
{
  public:
    /// @param text UTF-8
    explicit ValueFinder(const std::string& text);

    /// @param value a name or a code @return whether the text has it
    bool Names(const std::string& value) const;

  private:
    std::string m_text;  //!< as it is
    std::string m_plain; //!< normalised
};

/**
 * @param text generated
 * @return its sentences: ends at ".", "!" or "?" before white space, at a newline, and at the end,
 * but not at the "." of an initial ("e. e. cummings") or a title ("St. John")
 */
std::vector<std::string> SplitSentences(const std::string& text);

/**
 * @brief The indicator of (24) by known facts: a sentence is consistent where it names a true value
 * and no false one. What names neither is not consistent, because nothing supports it. Values are
 * found as ValueFinder does.
 * @param text generated
 * @param facts what is known
 * @return counts; a text without a sentence counts as one that is not consistent
 */
FactCheck CheckFacts(const std::string& text, const KnownFacts& facts);

/**
 * @brief SelfCheckGPT-Unigram (Manakul et al., arXiv:2303.08896): mean over sentences of the mean
 * -log p of their words under a unigram model of the samples and the passage.
 *
 * Unbounded, and not comparable with (24) or with the paper's scores, which lie in [0, 1]: it tells
 * how much a model agrees with itself. A model that is consistently wrong scores well.
 *
 * @param passage the answer that is checked
 * @param samples other answers to the same prompt, drawn at temperature 1
 * @return nats, >= 0; 0 for a passage without words
 */
double ScoreSelfCheckUnigram(const std::string& passage, const std::vector<std::string>& samples);

} // namespace ecld

#endif // ECLD_HALLUCINATION_H
