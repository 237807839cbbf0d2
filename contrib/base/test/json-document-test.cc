/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/json-document.h"

#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace base
{

namespace
{

/// @param action what should fail @return what it says
std::string
GetRefusal(const std::function<void()>& action)
{
    try
    {
        action();
    }
    catch (const std::runtime_error& error)
    {
        return error.what();
    }
    return "no refusal";
}

/// @param text a document @param limits how much is read @return what ParseJson says
std::string
GetRefusal(const std::string& text, const JsonLimits& limits = {})
{
    return GetRefusal([&] { ParseJson(text, "f", limits); });
}

/// @param text where to look @param part what should be at its beginning @return whether it is
bool
Begins(const std::string& text, const std::string& part)
{
    return text.compare(0, part.size(), part) == 0;
}

} // namespace

TEST(ParseJson, ReadsWhatTheStandardAllows)
{
    const auto document = ParseJson(R"({"a": [1, -2.5e3, "é\n"], "b": {"c": null}})", "f");
    EXPECT_EQ(document.at("a").at(0).get<int>(), 1);
    EXPECT_EQ(document.at("a").at(1).get<double>(), -2500);
    EXPECT_EQ(document.at("a").at(2).get<std::string>(), "\xc3\xa9\n");
    EXPECT_TRUE(document.at("b").at("c").is_null());
    EXPECT_EQ(ParseJson("3", "f").get<int>(), 3);
}

TEST(ParseJson, NamesThePlace)
{
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"({"a": 1, "a": 2})", "f: /a: key 'a' given twice"},
        {R"({"x": [{}, {"a": 1, "a": 2}]})", "f: /x/1/a: key 'a' given twice"},
        {R"({"x": [0, [1, 1e999]]})", "f: /x/1/1: number overflow"},
        {R"({"x": [0, [1, 2], y]})", "f: near /x/2: parse error"},
        {R"([[], {"k": )", "f: near /1/k: parse error"},
        {"{]", "f: parse error"},
        {"", "f: parse error"},
        {std::string("{}\0", 3), "f: zero byte at 2, expected JSON text"}};
    for (const auto& [text, refusal] : cases)
    {
        EXPECT_TRUE(Begins(GetRefusal(text), refusal)) << GetRefusal(text);
    }
    EXPECT_NE(GetRefusal("[1e999]").find("expected a finite number"), std::string::npos);
}

TEST(ParseJson, ReadsAsMuchAsTheLimitsSayAndNoMore)
{
    JsonLimits limits;
    limits.maxParts = 5;
    EXPECT_EQ(GetRefusal(R"({"a": [[], []], "b": 0})", limits),
              "f: /a: too many parts, expected at most 5 keys, objects and arrays");
    limits.maxParts = 6;
    EXPECT_EQ(GetRefusal(R"({"a": [[], []], "b": 0})", limits), "no refusal");
    limits.maxDepth = 2;
    EXPECT_EQ(GetRefusal(R"([[], [0, []]])", limits),
              "f: /1/1: nested too deep, expected at most 2 levels");
    limits.maxBytes = 2;
    EXPECT_EQ(GetRefusal("{ }", limits), "f: too big, expected at most 2 bytes");
    limits.maxBytes = std::size_t{1} << 20;
    EXPECT_EQ(GetRefusal(std::string((1 << 20) + 1, ' '), limits),
              "f: too big, expected at most 1 MiB");
}

TEST(JsonObject, ReadsFieldsOrSaysWhatIsThere)
{
    const auto document =
        ParseJson(R"({"t": "x", "i": 3, "n": 0.5, "b": true, "l": [1, 2], "o": {}, "0": null})",
                  "f");
    const JsonObject object(document, "f", "/top");
    const JsonRange share{0, 1, "a share"};
    EXPECT_EQ(object.GetText("t"), "x");
    EXPECT_EQ(object.GetText("0", "fallback"), "fallback");
    EXPECT_EQ(object.GetInteger("i", 0, 3), 3);
    EXPECT_EQ(object.GetNumber("n", share), 0.5);
    EXPECT_TRUE(object.GetBool("b"));
    EXPECT_FALSE(object.GetBool("missing", false));
    EXPECT_EQ(object.GetNumbers("l", {1, 2, "a number"}), (std::vector<double>{1, 2}));
    EXPECT_EQ(object.GetIntegers("l", 1, 2), (std::vector<int64_t>{1, 2}));
    EXPECT_EQ(object.GetChoice("t", {"y", "x"}), 1U);
    EXPECT_NO_THROW(object.RequireKnownKeys({"t", "i", "n", "b", "l", "o", "0"}));

    const auto says = [](const std::function<void()>& action, const std::string& refusal) {
        EXPECT_EQ(GetRefusal(action), refusal);
    };
    says([&] { object.GetText("i"); }, "f: /top/i: got 3, expected a text");
    says([&] { object.GetText("z"); }, "f: /top/z: missing, expected a text");
    says([&] { object.GetInteger("i", 4, 5); },
         "f: /top/i: got 3, expected an integer from 4 to 5");
    says([&] { object.GetInteger("n", 0, 5); },
         "f: /top/n: got 0.5, expected an integer from 0 to 5");
    says([&] { object.GetNumber("i", share); }, "f: /top/i: got 3, expected a share");
    says([&] { object.GetNumber("t", 0, 1); },
         "f: /top/t: got \"x\", expected a number from 0.0 to 1.0");
    says([&] { object.GetNumbers("l", share); }, "f: /top/l/1: got 2, expected a share");
    says([&] { object.GetNumbers("n", share); },
         "f: /top/n: got 0.5, expected an array of numbers, each a share");
    says([&] { object.GetIntegers("l", 1, 1); },
         "f: /top/l/1: got 2, expected an integer from 1 to 1");
    says([&] { object.GetIntegers("i", 1, 1); },
         "f: /top/i: got 3, expected an array of numbers, each an integer from 1 to 1");
    says([&] { object.GetBool("t"); }, "f: /top/t: got \"x\", expected true or false");
    says([&] { object.GetChoice("t", {"y", "z"}); }, "f: /top/t: got \"x\", expected one of y, z");
    says([&] { object.GetChoice("i", {"y"}); }, "f: /top/i: got 3, expected one of y");
    says([&] { object.GetArray("o"); }, "f: /top/o: got an object, expected an array");
    says([&] { object.GetObject("l"); }, "f: /top/l: got an array, expected an object");
    says([&] { object.RequireKnownKeys({"t"}); }, "f: /top/0: unknown key, expected one of t");
}

} // namespace base
