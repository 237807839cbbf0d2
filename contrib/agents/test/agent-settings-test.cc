/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/algorithm-registry.h"
#include "agents/algorithms/equivariant-ppo-settings.h"
#include "agents/algorithms/equivariant-replay-settings.h"
#include "agents/algorithms/multi-agent-sac-settings.h"
#include "agents/algorithms/outcome-model-settings.h"
#include "agents/algorithms/ppo-settings.h"
#include "agents/algorithms/sac-settings.h"
#include "agents/algorithms/td3-settings.h"
#include "agents/algorithms/world-model-ppo-settings.h"
#include "agents/make-agent.h"
#include "agents/settings-json.h"
#include "base/json-document.h"
#include "expect-refusal.h"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

using namespace agents;
using nlohmann::json;

namespace
{

/// @tparam Settings of an algorithm @param from what is read @return all of them, written again
template <typename Settings>
json
RereadAs(const json& from)
{
    Settings settings;
    ReadSettings(settings, from);
    return WriteSettings(settings);
}

/// Read settings of an algorithm. @param algorithm its name @param from what is read
/// @return all of them, written again
json
Reread(const std::string& algorithm, const json& from)
{
    if (algorithm == "ppo")
    {
        return RereadAs<PpoSettings>(from);
    }
    if (algorithm == "world-model-ppo")
    {
        return RereadAs<WorldModelPpoSettings>(from);
    }
    if (algorithm == "masac")
    {
        return RereadAs<MultiAgentSacSettings>(from);
    }
    if (algorithm == "outcome-model")
    {
        return RereadAs<OutcomeModelSettings>(from);
    }
    if (algorithm == "equivariant-ppo")
    {
        return RereadAs<EquivariantPpoSettings>(from);
    }
    if (AlgorithmRegistry::Find(algorithm)->takesSets)
    {
        return RereadAs<EquivariantReplaySettings>(from);
    }
    return algorithm == "sac" ? RereadAs<SacSettings>(from) : RereadAs<Td3Settings>(from);
}

} // namespace

TEST(AgentSettings, PresetsSurviveWritingAndReading)
{
    for (const std::string& algorithm : GetAlgorithms())
    {
        for (const std::string& preset : GetPresets())
        {
            const bool looksAhead = algorithm == "outcome-model" && preset == "lookahead";
            const bool isPaper = algorithm == "masac" && preset == "paper";
            if (AlgorithmRegistry::Find(algorithm)->takesSets && preset != "best" && !looksAhead &&
                !isPaper)
            {
                ExpectRefusal<std::invalid_argument>([&] { GetSettings(algorithm, preset); },
                                                     "preset of " + algorithm + ": expected best");
                continue;
            }
            const json settings = GetSettings(algorithm, preset);
            EXPECT_EQ(Reread(algorithm, settings), settings) << algorithm << ' ' << preset;
            EXPECT_EQ(Reread(algorithm, json::parse(settings.dump())), settings);
        }
    }
}

TEST(AgentSettings, PaperPresetsAreAsPublished)
{
    // R. Zhang et al., arXiv:2602.13628, VI-A2.
    for (const std::string algorithm : {"ddpg", "ppo", "sac", "td3", "world-model-ppo"})
    {
        const json settings = GetSettings(algorithm, "paper");
        EXPECT_EQ(settings["learningRate"], 1e-5);
        EXPECT_EQ(settings["gamma"], 0.99);
        EXPECT_EQ(settings["hidden"], json({256, 256}));
    }
    const json settings = GetSettings("world-model-ppo", "paper");
    EXPECT_EQ(settings["clip"], 0.1);
    EXPECT_EQ(settings["epochs"], 10);
    EXPECT_EQ(settings["horizon"], 3);
    EXPECT_EQ(settings["mixWeight"], 0.5);
    EXPECT_EQ(settings["imaginationWeight"], 0.3);
}

TEST(AgentSettings, WhatIsNotNamedStays)
{
    PpoSettings settings;
    settings.clip = 0.3;
    ReadSettings(settings, json{{"epochs", 4}, {"hidden", {8}}, {"activation", "tanh"}});
    EXPECT_EQ(settings.clip, 0.3);
    EXPECT_EQ(settings.epochs, 4);
    EXPECT_EQ(settings.hidden, std::vector<int64_t>{8});
    EXPECT_EQ(settings.activation, "tanh");
}

TEST(AgentSettings, EverySettingRefusesWhatItCannotBe)
{
    for (const std::string& algorithm : GetAlgorithms())
    {
        const json settings = GetSettings(algorithm, "best");
        for (const auto& item : settings.items())
        {
            const bool isList = item.value().is_array();
            std::vector<json> wrong{nullptr, json::object(), "nonsense", json::array()};
            if (item.value().is_number())
            {
                wrong.insert(wrong.end(), {-1e300, 1e300, true, "1"});
                wrong.emplace_back(std::numeric_limits<uint64_t>::max());
                wrong.emplace_back(std::numeric_limits<int64_t>::min());
                wrong.emplace_back(std::numeric_limits<double>::quiet_NaN());
                wrong.emplace_back(std::numeric_limits<double>::infinity());
            }
            else
            {
                wrong.insert(wrong.end(), {0, 0.5, json{0.5}, json{true}, json{0}});
            }
            if (item.value().is_number_integer())
            {
                wrong.emplace_back(1.5);
            }
            for (const json& value : wrong)
            {
                // Of whole numbers in an array, the one that is wrong.
                const bool isEntry = isList && value.is_array() && !value.empty();
                const std::string found = isList && value == json::array()
                                              ? "0 numbers"
                                              : "got " + base::ShowJson(isEntry ? value[0] : value);
                ExpectRefusal<std::invalid_argument>(
                    [&] {
                        Reread(algorithm, json{{item.key(), value}});
                    },
                    "settings: /" + item.key() + (isEntry ? "/0: " : ": ") + found + ", expected ");
            }
        }
    }
}

TEST(AgentSettings, RangesHoldTheirEnds)
{
    EXPECT_EQ(Reread("ppo", json{{"lambda", 1}})["lambda"], 1.0);
    EXPECT_EQ(Reread("ppo", json{{"lambda", 0}})["lambda"], 0.0);
    EXPECT_EQ(Reread("ppo", json{{"epochs", 1000}})["epochs"], 1000);
    ExpectRefusal<std::invalid_argument>(
        [] {
            Reread("ppo", json{{"epochs", 1001}});
        },
        "expected an integer from 1 to 1000");
    ExpectRefusal<std::invalid_argument>(
        [] {
            Reread("ppo", json{{"gamma", 1}});
        },
        "settings: /gamma: got 1, expected a number from 0.0 to ");
    ExpectRefusal<std::invalid_argument>(
        [] {
            Reread("ppo", json{{"hidden", std::vector<int>(9, 1)}});
        },
        "settings: /hidden: 9 numbers, expected 1 to 8");
}

TEST(AgentSettings, UnknownNamesAreRefused)
{
    ExpectRefusal<std::invalid_argument>(
        [] {
            Reread("ppo", json{{"epoch", 3}});
        },
        "settings: /epoch: unknown key, expected one of ");
    ExpectRefusal<std::invalid_argument>(
        [] {
            Reread("ppo", json{{"horizon", 3}});
        },
        "settings: /horizon: unknown key");
    ExpectRefusal<std::invalid_argument>([] { Reread("ppo", json::array()); },
                                         "settings: got an array, expected an object");
    ExpectRefusal<std::invalid_argument>(
        [] { GetSettings("a2c", "best"); },
        "algorithm 'a2c', expected one of ddpg, equivariant-ppo, ");
    ExpectRefusal<std::invalid_argument>([] { GetSettings("ppo", "good"); },
                                         "preset 'good', expected one of best");
}
