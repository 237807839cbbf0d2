/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Expected is what convert_rope_params_to_dict of transformers 5 gives: rope_scaling, unless it is
// empty, before rope_parameters; a base within before one beside; 10000 where there is none.

#include "expect-error.h"
#include "format/model-config.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

using namespace ecld;
using nlohmann::json;

const json DEFAULT{{"rope_type", "default"}, {"rope_theta", 5e5}};
const json LLAMA3{{"rope_type", "llama3"},
                  {"rope_theta", 7e5},
                  {"factor", 4.0},
                  {"low_freq_factor", 1.0},
                  {"high_freq_factor", 4.0},
                  {"original_max_position_embeddings", 1024}};

/// @param fields of the rotary embedding @return a config.json
json
MakeDocument(const json& fields)
{
    json document{{"architectures", {"LlamaForCausalLM"}},
                  {"hidden_size", 64},
                  {"intermediate_size", 128},
                  {"num_hidden_layers", 2},
                  {"num_attention_heads", 2},
                  {"vocab_size", 300},
                  {"max_position_embeddings", 2048}};
    document.update(fields);
    return document;
}

/// @param fields of the rotary embedding @return what they say
ModelConfig
Parse(const json& fields)
{
    return ParseModelConfig(MakeDocument(fields).dump(), "config.json");
}

/// @param fields that are refused @param words of the message
void
ExpectRefused(const json& fields, std::vector<std::string> words)
{
    words.insert(words.begin(), "config.json: /");
    ExpectError<std::runtime_error>([&] { Parse(fields); }, words);
}

TEST(RopeJson, TheBaseIsFoundWhereverItStands)
{
    const json plain{{"rope_type", "default"}};
    const std::vector<std::pair<json, double>> cases{
        {{{"rope_theta", 3e5}}, 3e5},
        {{{"rope_scaling", DEFAULT}}, 5e5},
        {{{"rope_scaling", DEFAULT}, {"rope_theta", 3e5}}, 5e5},
        {{{"rope_parameters", DEFAULT}, {"rope_theta", 3e5}}, 5e5},
        {{{"rope_parameters", plain}, {"rope_theta", 3e5}}, 3e5},
        {{{"rope_parameters", DEFAULT}, {"rope_theta", nullptr}}, 5e5},
        {{{"rope_scaling", LLAMA3}, {"rope_parameters", DEFAULT}}, 7e5},
        {{{"rope_scaling", plain}, {"rope_parameters", DEFAULT}, {"rope_theta", 3e5}}, 3e5},
        {{{"rope_scaling", json::object()}, {"rope_parameters", DEFAULT}}, 5e5},
        {{{"rope_scaling", nullptr}, {"rope_parameters", LLAMA3}}, 7e5},
    };
    for (const auto& [fields, theta] : cases)
    {
        EXPECT_EQ(Parse(fields).ropeTheta, theta) << fields;
        EXPECT_FALSE(Parse(fields).hasDefaultTheta) << fields;
    }
    for (const json& fields : {json::object(), json{{"rope_scaling", plain}}})
    {
        EXPECT_EQ(Parse(fields).ropeTheta, 1e4);
        EXPECT_TRUE(Parse(fields).hasDefaultTheta) << fields;
    }
}

TEST(RopeJson, NoBaseIsDroppedInSilence)
{
    ExpectRefused({{"rope_scaling", {{"rope_type", "default"}}}, {"rope_parameters", DEFAULT}},
                  {"rope_parameters", "rope_scaling", "no rope_theta"});
    ExpectRefused({{"rope_theta", nullptr}}, {"rope_theta", "got null"});
    ExpectRefused({{"rope_scaling", {{"rope_type", "default"}, {"rope_theta", nullptr}}},
                   {"rope_theta", 3e5}},
                  {"rope_scaling/rope_theta", "got null"});
    ExpectRefused({{"rope_parameters", {{"rope_theta", "5e5"}}}}, {"rope_theta", "5e5"});
}

TEST(RopeJson, LayersThatRotateAlikeAreRead)
{
    const auto nested = Parse({{"rope_parameters", {{"full_attention", LLAMA3}}}});
    EXPECT_EQ(nested.ropeTheta, 7e5);
    ASSERT_TRUE(nested.ropeScaling);
    EXPECT_EQ(nested.ropeScaling->factor, 4);
    EXPECT_EQ(Parse({{"rope_scaling", {{"full_attention", {{"rope_type", "default"}}}}},
                     {"rope_theta", 3e5}})
                  .ropeTheta,
              3e5);

    // Llama has full attention alone; what other layers would do is not asked.
    json fields{{"rope_parameters", {{"full_attention", DEFAULT}, {"sliding_attention", LLAMA3}}}};
    EXPECT_EQ(Parse(fields).ropeTheta, 5e5);
    EXPECT_FALSE(Parse(fields).ropeScaling);
    fields["layer_types"] = {"full_attention", "sliding_attention"};
    ExpectRefused(fields, {"rope_parameters/sliding_attention", "the same for all layers"});
    fields["rope_parameters"]["sliding_attention"] = DEFAULT;
    EXPECT_EQ(Parse(fields).ropeTheta, 5e5);
    fields["rope_parameters"].erase("sliding_attention");
    ExpectRefused(fields, {"rope_parameters/sliding_attention", "missing"});

    ExpectRefused({{"rope_parameters", {{"full_attention", DEFAULT}, {"rope_theta", 3e5}}}},
                  {"rope_parameters/rope_theta", "by layer type"});
    ExpectRefused({{"rope_parameters", {{"chunked_attention", DEFAULT}}}},
                  {"rope_parameters/full_attention", "missing"});
}

TEST(RopeJson, PositionsOfTheScaling)
{
    json within = LLAMA3;
    EXPECT_EQ(Parse({{"rope_scaling", within}}).ropeScaling->originalMaxPositions, 1024);
    EXPECT_EQ(Parse({{"rope_scaling", within}, {"original_max_position_embeddings", 512}})
                  .ropeScaling->originalMaxPositions,
              512);
    within.erase("original_max_position_embeddings");
    EXPECT_EQ(Parse({{"rope_scaling", within}}).ropeScaling->originalMaxPositions, 2048);
}

TEST(RopeJson, RefusesWhatItDoesNotKnowInEveryForm)
{
    for (const char* key : {"rope_scaling", "rope_parameters"})
    {
        for (const char* type : {"linear", "dynamic", "yarn", "longrope"})
        {
            const json rope{{"rope_type", type}, {"factor", 2.0}, {"rope_theta", 5e5}};
            ExpectRefused({{key, rope}}, {key, type});
            ExpectRefused({{key, {{"full_attention", rope}}}}, {"full_attention/rope_type", type});
            ExpectRefused({{key, {{"type", type}, {"factor", 2.0}}}}, {key, type});
        }
        json partial = DEFAULT;
        partial["partial_rotary_factor"] = 0.5;
        ExpectRefused({{key, partial}}, {key, "partial_rotary_factor", "expected 1"});
        ExpectRefused({{key, {{"full_attention", partial}}}}, {"partial_rotary_factor"});
        ExpectRefused({{key, json::array({1})}}, {key, "an object"});
    }
}

} // namespace
