/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "split-pattern.h"

#include "base/format-error.h"

#include <array>
#include <cctype>
#include <cstddef>
#include <new>
#include <stdexcept>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace ecld
{

namespace
{

constexpr std::size_t MAX_PATTERN_BYTES = 65536; //!< longest pattern; published ones have 200
constexpr uint32_t MAX_STEPS = 10000000;         //!< most steps of a match, PCRE2's own default
constexpr uint32_t MAX_HEAP_KIB = 65536;         //!< most memory of a match

/// @param code PCRE2's error @return its text
std::string
GetPcreMessage(int code)
{
    std::array<PCRE2_UCHAR, 256> text{};
    pcre2_get_error_message(code, text.data(), text.size());
    return reinterpret_cast<const char*>(text.data());
}

/// Goes through an expression and rewrites what PCRE2 reads in another way.
class Rewriter
{
  public:
    /// @param pattern an expression for Oniguruma
    explicit Rewriter(const std::string& pattern)
        : m_pattern(pattern)
    {
    }

    /// @return the expression for PCRE2
    std::string Rewrite()
    {
        while (m_next < m_pattern.size())
        {
            const char c = m_pattern[m_next];
            if (c == '\\')
            {
                TakeEscape();
            }
            else if (c == '[')
            {
                TakeClass();
            }
            else if (c == '(')
            {
                OpenGroup();
            }
            else
            {
                TakeCharacter(c);
            }
        }
        return m_result;
    }

  private:
    /// @return whether letters stand for both cases here
    bool IsFolding() const
    {
        return !m_folding.empty() && m_folding.back();
    }

    /// Copy an escape; \s is Unicode's.
    void TakeEscape()
    {
        const char kind = m_next + 1 < m_pattern.size() ? m_pattern[m_next + 1] : '\0';
        if (kind == 'h' || kind == 'H' || kind == 'G')
        {
            throw std::invalid_argument(std::string("\\") + kind + " is not supported");
        }
        if (kind == 's' || kind == 'S')
        {
            m_result += kind == 's' ? "\\p{White_Space}" : "\\P{White_Space}";
        }
        else
        {
            m_result += m_pattern.substr(m_next, 2);
        }
        m_next += 2;
        // The letters of \p{Lu} are no text.
        if ((kind == 'p' || kind == 'P' || kind == 'x') && m_next < m_pattern.size() &&
            m_pattern[m_next] == '{')
        {
            const auto end = m_pattern.find('}', m_next);
            m_result += m_pattern.substr(m_next, end == std::string::npos ? end : end + 1 - m_next);
            m_next = end == std::string::npos ? m_pattern.size() : end + 1;
        }
    }

    /// Copy a character class.
    void TakeClass()
    {
        m_result += IsFolding() ? "(?i:[" : "[";
        ++m_next;
        const auto first = m_next + (m_next < m_pattern.size() && m_pattern[m_next] == '^' ? 1 : 0);
        while (m_next < m_pattern.size())
        {
            const char c = m_pattern[m_next];
            if (c == '\\')
            {
                TakeEscape();
                continue;
            }
            if (m_pattern.compare(m_next, 2, "&&") == 0 ||
                (c == '[' && m_pattern.compare(m_next, 2, "[:") != 0))
            {
                throw std::invalid_argument("a class within a class is not supported");
            }
            m_result += c;
            ++m_next;
            if (c == ']' && m_next - 1 != first)
            {
                break;
            }
            if (c == '[') // [:alpha:]
            {
                const auto end = m_pattern.find(":]", m_next);
                const auto length = end == std::string::npos ? end : end + 2 - m_next;
                m_result += m_pattern.substr(m_next, length);
                m_next = end == std::string::npos ? m_pattern.size() : end + 2;
            }
        }
        m_result += IsFolding() ? ")" : "";
    }

    /// Open a group; (?i: becomes a plain one whose letters are written in both cases.
    void OpenGroup()
    {
        const bool folds = m_pattern.compare(m_next, 4, "(?i:") == 0;
        m_folding.push_back(folds || IsFolding());
        m_result += folds ? "(?:" : "(";
        m_next += folds ? 4 : 1;
        if (!folds && m_next < m_pattern.size() && m_pattern[m_next] == '?')
        {
            // (?: (?= (?! (?<= (?<! (?> and nothing else: options and names are in no such file.
            const auto end = m_pattern.find_first_of(":=!>", m_next);
            const auto head =
                m_pattern.substr(m_next, end == std::string::npos ? end : end + 1 - m_next);
            if (head != "?:" && head != "?=" && head != "?!" && head != "?<=" && head != "?<!" &&
                head != "?>")
            {
                throw std::invalid_argument("group (" + base::ShowInput(head) +
                                            " is not supported");
            }
            m_result += head;
            m_next += head.size();
        }
    }

    /// Copy anything else. @param c the character
    void TakeCharacter(char c)
    {
        if (c == ')' && !m_folding.empty())
        {
            m_folding.pop_back();
        }
        const auto byte = static_cast<unsigned char>(c);
        if (IsFolding() && byte < 0x80 && std::isalpha(byte) != 0)
        {
            m_result += {'[',
                         static_cast<char>(std::tolower(byte)),
                         static_cast<char>(std::toupper(byte)),
                         ']'};
        }
        else
        {
            m_result += c;
        }
        ++m_next;
    }

    const std::string& m_pattern; //!< what is read
    std::size_t m_next{0};        //!< where
    std::string m_result;         //!< what has been written
    std::vector<bool> m_folding;  //!< open groups: whether they fold case
};

} // namespace

std::string
RewriteForPcre(const std::string& pattern)
{
    return Rewriter(pattern).Rewrite();
}

/// Compiled expression.
struct SplitPattern::Impl
{
    pcre2_code* code{nullptr};             //!< the expression
    pcre2_match_context* context{nullptr}; //!< limits

    Impl() = default;
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    ~Impl()
    {
        pcre2_match_context_free(context);
        pcre2_code_free(code);
    }
};

SplitPattern::SplitPattern(const std::string& pattern, bool isLiteral)
{
    if (pattern.empty() || pattern.size() > MAX_PATTERN_BYTES)
    {
        throw std::invalid_argument("a pattern of " + std::to_string(pattern.size()) +
                                    " bytes, expected 1 to " + std::to_string(MAX_PATTERN_BYTES));
    }
    const auto text = isLiteral ? pattern : RewriteForPcre(pattern);
    auto impl = std::make_shared<Impl>();
    int error = 0;
    PCRE2_SIZE offset = 0;
    // Oniguruma's ^ and $ are those of lines.
    const uint32_t options =
        PCRE2_UTF |
        (isLiteral ? PCRE2_LITERAL : PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C);
    impl->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()),
                               text.size(),
                               options,
                               &error,
                               &offset,
                               nullptr);
    if (impl->code == nullptr)
    {
        throw std::invalid_argument("not a pattern: " + GetPcreMessage(error) + " at byte " +
                                    std::to_string(offset));
    }
    pcre2_jit_compile(impl->code, PCRE2_JIT_COMPLETE); // where there is none, it is slower
    impl->context = pcre2_match_context_create(nullptr);
    if (impl->context == nullptr)
    {
        throw std::bad_alloc();
    }
    pcre2_set_match_limit(impl->context, MAX_STEPS);
    pcre2_set_heap_limit(impl->context, MAX_HEAP_KIB);
    m_impl = impl;
}

void
SplitPattern::Split(std::string_view text,
                    bool keepsRest,
                    std::vector<std::string_view>& pieces) const
{
    const std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data*)> match(
        pcre2_match_data_create(1, nullptr),
        pcre2_match_data_free);
    if (!match)
    {
        throw std::bad_alloc();
    }
    const auto add = [&pieces, text](std::size_t begin, std::size_t end) {
        if (end > begin)
        {
            pieces.push_back(text.substr(begin, end - begin));
        }
    };
    std::size_t done = 0;  // end of the last piece
    std::size_t start = 0; // where the next match is looked for
    while (start <= text.size())
    {
        const auto find = [&](uint32_t options) {
            return pcre2_match(m_impl->code,
                               reinterpret_cast<PCRE2_SPTR>(text.data()),
                               text.size(),
                               start,
                               PCRE2_NO_UTF_CHECK | options,
                               match.get(),
                               m_impl->context);
        };
        int result = find(0);
        if (result == PCRE2_ERROR_JIT_STACKLIMIT)
        {
            result = find(PCRE2_NO_JIT); // takes its memory from the heap
        }
        if (result == PCRE2_ERROR_NOMATCH)
        {
            break;
        }
        if (result < 0)
        {
            throw std::runtime_error("the tokenizer's pattern: " + GetPcreMessage(result));
        }
        const auto* range = pcre2_get_ovector_pointer(match.get());
        if (range[0] > range[1])
        {
            throw std::runtime_error("the tokenizer's pattern: a match that ends before it begins");
        }
        if (keepsRest)
        {
            add(done, range[0]);
        }
        add(range[0], range[1]);
        done = range[1];
        start = range[1];
        if (range[0] == range[1]) // an empty match: go on behind the next character
        {
            ++start;
            while (start < text.size() && (static_cast<unsigned char>(text[start]) & 0xc0) == 0x80)
            {
                ++start;
            }
        }
    }
    if (keepsRest)
    {
        add(done, text.size());
    }
}

} // namespace ecld
