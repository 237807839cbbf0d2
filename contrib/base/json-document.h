/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_JSON_DOCUMENT_H
#define BASE_JSON_DOCUMENT_H

#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace base
{

/// @brief How much of a document we read: a file from elsewhere must not take all memory or stack.
struct JsonLimits
{
    std::size_t maxBytes{std::size_t{256} << 20}; ///< longest text
    std::size_t maxDepth{32};                     ///< deepest nesting of objects and arrays
    std::size_t maxValues{20000000};              ///< most values; Llama-3's tokenizer has 10^6
    /// Most keys, objects and arrays, each of which takes a hundred times its bytes.
    std::size_t maxParts{std::numeric_limits<std::size_t>::max()};
};

/// @brief The numbers that a field takes, and how to say so.
struct JsonRange
{
    double min;           ///< least value, taken
    double max;           ///< largest value, taken
    const char* expected; ///< the range in words, for the message
};

/**
 * @brief Parse a JSON text and refuse what readers disagree on or what no document of ours has: a
 * key twice in an object, because one of the two would get lost; numbers that no double holds;
 * depth and size beyond the limits. Strings are UTF-8 afterwards. Does not depend on the locale.
 * @param text the document
 * @param file what messages call it
 * @param limits how much is read
 * @return the document
 * @throws std::runtime_error one line that names the file and the place
 */
nlohmann::json ParseJson(const std::string& text,
                         const std::string& file,
                         const JsonLimits& limits = {});

/**
 * @brief One JSON object whose fields are read with checks. It refers to the document, which has to
 * live longer. Every method throws std::runtime_error with one line: file, field, what is there,
 * what was expected.
 */
class JsonObject
{
  public:
    /**
     * @param value the object; anything else is an error
     * @param file what messages call the document
     * @param pointer JSON pointer to the object, empty for the document
     */
    JsonObject(const nlohmann::json& value, std::string file, std::string pointer = "");

    /// @param key a field @return its value; null where it is missing or the JSON null
    const nlohmann::json* Find(const std::string& key) const;

    /// @param key a required field @return its text
    std::string GetText(const std::string& key) const;

    /// @param key a field @param fallback what a missing one means @return its text
    std::string GetText(const std::string& key, const std::string& fallback) const;

    /// @param key a required field @param min least @param max largest @return its integer
    int64_t GetInteger(const std::string& key, int64_t min, int64_t max) const;

    /// @param key a field @param min least @param max largest @param fallback what a missing one
    /// means @return its integer
    int64_t GetInteger(const std::string& key, int64_t min, int64_t max, int64_t fallback) const;

    /// @param key a required array @param min least @param max largest @return its integers
    std::vector<int64_t> GetIntegers(const std::string& key, int64_t min, int64_t max) const;

    /// @param key a required field @param range what it takes @return its number, finite
    double GetNumber(const std::string& key, const JsonRange& range) const;

    /// @param key a required field @param min least @param max largest @return its number
    double GetNumber(const std::string& key, double min, double max) const;

    /// @param key a field @param min least @param max largest @param fallback what a missing one
    /// means @return its number
    double GetNumber(const std::string& key, double min, double max, double fallback) const;

    /// @param key a required array @param range what each entry takes @return its numbers
    std::vector<double> GetNumbers(const std::string& key, const JsonRange& range) const;

    /// @param key a required field @return its truth value
    bool GetBool(const std::string& key) const;

    /// @param key a field @param fallback what a missing one means @return its truth value
    bool GetBool(const std::string& key, bool fallback) const;

    /// @param key a required field @return its object
    JsonObject GetObject(const std::string& key) const;

    /// @param key a required field @return its array
    const nlohmann::json& GetArray(const std::string& key) const;

    /// @param key a required field @param names what it may hold @return index of the one it holds
    std::size_t GetChoice(const std::string& key, const std::vector<std::string>& names) const;

    /**
     * @param key a required field
     * @param expected what it takes, for the message where it is missing
     * @return its value
     */
    const nlohmann::json& GetRequired(const std::string& key, const std::string& expected) const;

    /// Fail where the object has another key. @param keys all keys that it may have
    void RequireKnownKeys(const std::vector<std::string>& keys) const;

    /// @return the object itself
    const nlohmann::json& GetValue() const;

    /**
     * Fail because of a field.
     * @param key the field, empty for the object itself
     * @param problem what is there and what was expected
     */
    [[noreturn]] void Fail(const std::string& key, const std::string& problem) const;

    /**
     * Fail because of what a field holds.
     * @param key the field
     * @param value what it holds
     * @param expected what was expected
     */
    [[noreturn]] void FailValue(const std::string& key,
                                const nlohmann::json& value,
                                const std::string& expected) const;

    /// @param key a field @param value its value @param min least @param max largest
    /// @return its integer
    int64_t CheckInteger(const std::string& key,
                         const nlohmann::json& value,
                         int64_t min,
                         int64_t max) const;

    /// @param key a field @param value its value @param range what it takes @return its number
    double CheckNumber(const std::string& key,
                       const nlohmann::json& value,
                       const JsonRange& range) const;

  private:
    const nlohmann::json* m_object; //!< the object, owned by the document
    std::string m_file;             //!< what messages call the document
    std::string m_pointer;          //!< JSON pointer to the object
};

/// @param value any value @return text to show in a message; containers only by their kind
std::string ShowJson(const nlohmann::json& value);

} // namespace base

#endif // BASE_JSON_DOCUMENT_H
