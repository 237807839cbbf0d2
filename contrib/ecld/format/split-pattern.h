/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SPLIT_PATTERN_H
#define ECLD_SPLIT_PATTERN_H

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ecld
{

/**
 * @brief A regular expression that cuts text into words, of the kind that tokenizer.json holds.
 *
 * The files are written for Oniguruma; PCRE2 reads them after two changes: \s is Unicode's
 * White_Space, and (?i:...) folds ASCII letters only, as Hugging Face's JavaScript library and
 * llama.cpp have it. What means something else in PCRE2 (\h, && in a class) is refused.
 */
class SplitPattern
{
  public:
    /**
     * @param pattern UTF-8
     * @param isLiteral whether the pattern is a text to find and no expression
     * @throws std::invalid_argument one line: what is wrong with the pattern
     */
    explicit SplitPattern(const std::string& pattern, bool isLiteral = false);

    /**
     * Cut a text into its matches and what lies between them.
     * @param text UTF-8
     * @param keepsRest whether what lies between the matches is kept
     * @param pieces where the pieces go; none is empty
     * @throws std::runtime_error where matching takes too many steps
     */
    void Split(std::string_view text, bool keepsRest, std::vector<std::string_view>& pieces) const;

  private:
    struct Impl;                        //!< keeps PCRE2 out of this header
    std::shared_ptr<const Impl> m_impl; //!< compiled expression
};

/**
 * @param pattern an expression for Oniguruma
 * @return the same for PCRE2
 * @throws std::invalid_argument naming what PCRE2 does not have
 */
std::string RewriteForPcre(const std::string& pattern);

} // namespace ecld

#endif // ECLD_SPLIT_PATTERN_H
