/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/archive.h"
#include "agents/policy-network.h"

#include <boost/crc.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>

namespace
{

/// End the program unless a reader either succeeds or refuses in one short line.
/// @param read tries to read something called "fuzz"
void
Try(const std::function<void()>& read)
{
    try
    {
        read();
    }
    catch (const std::runtime_error& e)
    {
        const std::string what = e.what();
        if (what.rfind("fuzz: ", 0) != 0 || what.size() > 1000 ||
            what.find_first_of("\n\r") != std::string::npos)
        {
            std::abort();
        }
    }
}

/// Read a policy; what is read must act, and be written as it was read.
/// @param bytes of a policy
void
ReadPolicy(const std::string& bytes)
{
    std::istringstream in(bytes);
    const agents::PolicyNetwork policy = agents::PolicyNetwork::Read(in, "fuzz");
    Eigen::VectorXf action(policy.GetActions());
    policy.Act(Eigen::VectorXf::Ones(policy.GetObservations()), action);
    std::ostringstream out;
    policy.Write(out);
    if (bytes.compare(0, out.str().size(), out.str()) != 0)
    {
        std::abort();
    }
}

/// Read a checkpoint and the policy in it. @param bytes of a checkpoint
void
ReadCheckpoint(const std::string& bytes)
{
    const agents::Archive archive = agents::Archive::Parse(bytes, "fuzz");
    ReadPolicy(archive.Get("policy"));
}

} // namespace

/**
 * libFuzzer's entry: whatever the bytes, the readers of checkpoints give something that works or a
 * std::runtime_error of one short line. Any other exception ends the program, which libFuzzer
 * reports.
 * @param data bytes
 * @param size number of bytes
 * @return 0, as libFuzzer asks
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    Try([&] { ReadCheckpoint(bytes); });
    Try([&] { ReadPolicy(bytes); });
    // Behind a magic and a checksum that fit, which no fuzzer finds.
    std::string sealed = "llm-mec agent 1\n" + bytes;
    boost::crc_32_type crc;
    crc.process_bytes(sealed.data(), sealed.size());
    for (int i = 0; i < 4; ++i)
    {
        sealed += static_cast<char>(crc.checksum() >> (8 * i) & 0xff);
    }
    Try([&] { ReadCheckpoint(sealed); });
    return 0;
}
