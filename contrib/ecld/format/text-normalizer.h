/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TEXT_NORMALIZER_H
#define ECLD_TEXT_NORMALIZER_H

#include <string>
#include <string_view>
#include <vector>

namespace ecld
{

/// @param text UTF-8 @param from what is replaced, not empty @param to by what @return the text
std::string ReplaceAll(std::string_view text, const std::string& from, const std::string& to);

/// @brief What a tokenizer changes in a text before it looks for words.
class TextNormalizer
{
  public:
    /// Compose characters: Unicode's normal form C.
    void AddNfc();

    /// Put a text before every text that is not empty. @param text what
    void AddPrefix(const std::string& text);

    /// Write one text for another. @param from what is there, not empty @param to what comes there
    void AddReplacement(const std::string& from, const std::string& to);

    /// @param text UTF-8 @return the text after all steps, in their order
    std::string Apply(std::string_view text) const;

    /// @param other another one @return whether both have the same steps
    bool operator==(const TextNormalizer& other) const;

  private:
    /// What a step does.
    enum class Kind
    {
        NFC,
        PREFIX,
        REPLACEMENT
    };

    /// One change.
    struct Step
    {
        Kind kind;        ///< what it does
        std::string from; ///< what is replaced
        std::string to;   ///< prefix, or what comes there
    };

    std::vector<Step> m_steps; //!< in their order
};

} // namespace ecld

#endif // ECLD_TEXT_NORMALIZER_H
