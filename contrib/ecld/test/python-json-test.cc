/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Documents as Python's json.dumps writes them.

#include "expect-error.h"
#include "format/model-config.h"
#include "format/python-json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace
{

using namespace ecld;
using nlohmann::json;

TEST(PythonJson, ReadsNumbersThatAreNotFiniteAsTexts)
{
    const auto document =
        ParsePythonJson(R"({"a":[0.0, Infinity,-Infinity], "b" : NaN,"c":1e999,"d":-1E+999,)"
                        R"("e":1e-999,"f":"a \"NaN, -Infinity","NaN":1e30,"g":true})",
                        "f");
    const json expected{{"a", {0.0, "Infinity", "-Infinity"}},
                        {"b", "NaN"},
                        {"c", "1e999"},
                        {"d", "-1E+999"},
                        {"e", 0.0},
                        {"f", "a \"NaN, -Infinity"},
                        {"NaN", 1e30},
                        {"g", true}};
    EXPECT_EQ(document, expected);
    for (const auto* text :
         {"{\"a\":nan}", "{\"a\":Inf}", "{\"a\":InfinityX}", "{NaN:1}x", "NaN NaN"})
    {
        ExpectError<std::runtime_error>([&] { ParsePythonJson(text, "f"); }, {"f: "});
    }
}

// Under a key that nothing needs they do not hinder, under another one they are named.
TEST(PythonJson, AConfigMayHoldThem)
{
    const std::string fields = R"({"architectures":["LlamaForCausalLM"],"hidden_size":64,)"
                               R"("intermediate_size":128,"num_hidden_layers":2,)"
                               R"("num_attention_heads":2,"vocab_size":300,)"
                               R"("max_position_embeddings":2048,"quantization_config":{},)";
    EXPECT_NO_THROW(ParseModelConfig(fields + R"("time_step_limit":[0.0,Infinity]})", "c"));
    for (const auto* key : {"rope_theta", "rms_norm_eps"})
    {
        for (const auto* value : {"Infinity", "NaN", "1e999"})
        {
            const auto text = fields + '"' + key + "\":" + value + "}";
            ExpectError<std::runtime_error>([&] { ParseModelConfig(text, "c"); },
                                            {"c: /" + std::string(key), value, "a number"});
        }
    }
}

} // namespace
