/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ADDED_TOKEN_MATCHER_H
#define ECLD_ADDED_TOKEN_MATCHER_H

#include "tokenizer.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ecld
{

/// @brief Finds added tokens in text: the leftmost, of several there the longest.
class AddedTokenMatcher
{
  public:
    /// A part of a text.
    struct Part
    {
        std::string_view text; ///< the part, without the white space that a token took
        int32_t id{-1};        ///< the added token that it is, -1: none
    };

    /**
     * @param token the token
     * @param content what is looked for; not the token's own content where that is normalised
     */
    void Add(const AddedToken& token, const std::string& content);

    /// @param text UTF-8 @return its parts, none empty
    std::vector<Part> Split(std::string_view text) const;

  private:
    /// What is looked for.
    struct Entry
    {
        std::string content; //!< the text
        AddedToken token;    //!< the token
    };

    /// @param text UTF-8 @param offset where @return the longest entry there, null if there is none
    const Entry* FindAt(std::string_view text, std::size_t offset) const;

    std::array<std::vector<Entry>, 256> m_entries; //!< by first byte, the longest first
};

} // namespace ecld

#endif // ECLD_ADDED_TOKEN_MATCHER_H
