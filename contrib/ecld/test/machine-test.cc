/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Units of what the system says of itself, against sysinfo; and the profile's file.

#include "measure/machine-rates.h"
#include "measure/profile-document.h"

#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/sysinfo.h>
#include <unistd.h>

using namespace ecld;

namespace
{

TEST(MachineTest, MemoryIsInBytes)
{
    struct sysinfo system = {};
    ASSERT_EQ(sysinfo(&system), 0);
    const double unit = system.mem_unit;
    const double available = GetAvailableBytes();
    EXPECT_LE(available, unit * static_cast<double>(system.totalram));
    EXPECT_GT(available, unit * static_cast<double>(system.totalram) / 1000);
    // Pages in use now are not more than at the peak.
    std::ifstream statm("/proc/self/statm");
    double size = 0;
    double resident = 0;
    ASSERT_TRUE(statm >> size >> resident);
    const double residentBytes = resident * static_cast<double>(sysconf(_SC_PAGESIZE));
    EXPECT_GE(GetPeakResidentBytes(), residentBytes / 2); // counted in batches by the kernel
    EXPECT_LE(GetPeakResidentBytes(), 100 * residentBytes);
}

TEST(ProfileTest, EveryNumberHasItsKey)
{
    ProfileDocument profile;
    profile.name = "n";
    profile.baseModel = "b";
    profile.method = "m";
    profile.source = "s";
    profile.sizeBytes = 1;
    profile.energyPerQueryJ = 2;
    profile.promptLatencyPerTokenS = 3;
    profile.generationLatencyPerTokenS = 4;
    profile.promptEnergyPerTokenJ = 5;
    profile.generationEnergyPerTokenJ = 6;
    profile.promptTokensPerQuery = 7;
    profile.generatedTokensPerQuery = 8;
    profile.accuracy = 9;
    profile.hallucination = 10;
    profile.accuracySamples = {11, 12};
    profile.hallucinationSamples = {13, 14};
    const nlohmann::json expected{
        {"version", 1},
        {"name", "n"},
        {"baseModel", "b"},
        {"method", "m"},
        {"source", "s"},
        {"sizeBytes", 1},
        {"energyPerQueryJ", 2},
        {"promptLatencyPerTokenS", 3},
        {"generationLatencyPerTokenS", 4},
        {"promptEnergyPerTokenJ", 5},
        {"generationEnergyPerTokenJ", 6},
        {"promptTokensPerQuery", 7},
        {"generatedTokensPerQuery", 8},
        {"accuracy", 9},
        {"hallucination", 10},
        {"samples", {{"accuracy", {11, 12}}, {"hallucination", {13, 14}}}}};
    EXPECT_EQ(nlohmann::json::parse(WriteProfileDocument(profile)), expected);
    profile.accuracySamples = {NAN, 1};
    EXPECT_THROW(WriteProfileDocument(profile), std::invalid_argument);
}

} // namespace
