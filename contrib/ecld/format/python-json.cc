/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "python-json.h"

#include <cctype>
#include <cmath>
#include <cstddef>
#include <cstdlib>

namespace ecld
{

namespace
{

/// @param word what stands in a document outside of its texts @return whether it is a number that
/// is not finite
bool
IsNonFinite(const std::string& word)
{
    if (word == "NaN" || word == "Infinity" || word == "-Infinity")
    {
        return true;
    }
    const bool isNumber = word.find_first_not_of("0123456789.+-eE") == std::string::npos &&
                          word.find_first_of("eE") != std::string::npos;
    return isNumber && std::isinf(std::strtod(word.c_str(), nullptr));
}

/// @param text a document @return the same with numbers that are not finite between quotes
std::string
QuoteNonFinite(const std::string& text)
{
    std::string result;
    result.reserve(text.size());
    std::string word;
    bool isText = false;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        const char c = text[i];
        const bool isWord =
            std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '+' || c == '.';
        if (!isText && isWord)
        {
            word += c;
            continue;
        }
        result += IsNonFinite(word) ? '"' + word + '"' : word;
        word.clear();
        result += c;
        if (isText && c == '\\' && i + 1 < text.size())
        {
            result += text[++i];
        }
        else if (c == '"')
        {
            isText = !isText;
        }
    }
    return result + word;
}

} // namespace

nlohmann::json
ParsePythonJson(const std::string& text, const std::string& file)
{
    return base::ParseJson(QuoteNonFinite(text), file);
}

} // namespace ecld
