/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The tool: compress a checkpoint for a device, write the transcript of a pair of checkpoints, or
// study all methods on a small model.

#include "base/folder-lock.h"
#include "base/program.h"
#include "checkpoint-compression.h"
#include "checkpoint-pair.h"
#include "model/language-model.h"
#include "pipeline.h"
#include "result-table.h"
#include "seed-study.h"
#include "teach/teacher.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace ecld;
namespace po = boost::program_options;

namespace
{

/// @param name of types @return the types @throws std::invalid_argument naming the flag
DeploymentTypes
FindTypes(const std::string& name)
{
    DeploymentTypes mixed;
    mixed.matrices = GgufType::Q4_K;
    mixed.isMixed = true;
    if (name == GetName(mixed))
    {
        return mixed;
    }
    for (const GgufType type : {GgufType::F16,
                                GgufType::BF16,
                                GgufType::Q8_0,
                                GgufType::Q6_K,
                                GgufType::Q4_1,
                                GgufType::Q4_K})
    {
        if (name == GetName(type))
        {
            return {type, std::nullopt, false};
        }
    }
    throw std::invalid_argument("--type=" + name +
                                ": expected F16, BF16, Q8_0, Q6_K, Q4_1, Q4_K or Q4_K_M");
}

Architecture
FindArchitecture(const std::string& name)
{
    if (name == "llama" || name == "qwen3")
    {
        return name == "llama" ? Architecture::LLAMA : Architecture::QWEN3;
    }
    throw std::invalid_argument("--architecture=" + name + ": expected llama or qwen3");
}

/// @param name of data/devices, or a file @return the file
std::string
FindDevice(const std::string& name)
{
    const bool isFile = name.find('/') != std::string::npos || std::filesystem::exists(name);
    const std::string path = isFile ? name : std::string(LLM_MEC_DEVICES_DIR "/") + name + ".json";
    if (!std::filesystem::exists(path))
    {
        throw std::invalid_argument(
            "--device=" + name + ": expected a file, or phone, jetson-nano, laptop, edge-server");
    }
    return path;
}

/// Flags by what they are for.
struct Flags
{
    po::options_description all{"Flags"};                     ///< of several uses
    po::options_description checkpoint{"Flags with --model"}; ///< of a checkpoint
    po::options_description pair{"Flags with --pair"};        ///< of a pair of checkpoints
    po::options_description study{"Flags without --model"};   ///< of a study
};

/// Flags that a pair of checkpoints has too, though they are not of it alone.
const std::vector<std::string> SHARED_WITH_PAIR{"processor", "questionFile", "threads"};

void
AddCheckpointFlags(po::options_description& flags)
{
    auto add = flags.add_options();
    add("device", po::value<std::string>()->default_value("phone"), "of data/devices, or a file");
    add("textFile",
        po::value<std::string>(),
        "texts between empty lines, by which weights are scored, refitted, quantised and, with "
        "--steps, distilled");
    add("calibrationTokens",
        po::value<int64_t>()->default_value(8192),
        "with --textFile: of the texts that are read at most, 128 to 1000000, but for --steps; "
        "each "
        "takes 4 bytes of disk for each channel and layer with --layerwise");
    add("layerwise",
        "with --textFile: one layer at a time, as models are compressed that memory does not hold");
    add("questionFile",
        po::value<std::string>(),
        "with --textFile: lines of {\"prompt\": .., \"answers\": [..]}, for a profile; with "
        "--pair: "
        "what both models are asked, answers may be missing");
    add("sizeMiB", po::value<double>(), "largest file, MiB, instead of the share");
    add("type",
        po::value<std::string>(),
        "F16, BF16, Q8_0, Q6_K, Q4_1, Q4_K or llama.cpp's mix Q4_K_M, instead of the device's");
    add("checkpoint", "keep the pruned model in Hugging Face's form too");
    add("threads",
        po::value<int64_t>(),
        "that quantise, all processors unless told, to the same bytes; with --textFile also those "
        "that score, refit and train, and with --pair those that answer, one unless told, and "
        "another number gives other last digits");
}

void
AddPairFlags(po::options_description& flags)
{
    auto add = flags.add_options();
    add("pair", po::value<std::string>(), "file of the pair that is written");
    add("draft", po::value<std::string>(), "folder of the small model in Hugging Face's form");
    add("target", po::value<std::string>(), "folder of the large one, of the same vocabulary");
    add("answerTokens", po::value<int64_t>(), "tokens of an answer at most, 128 unless told");
    add("live",
        po::value<int64_t>(),
        "so many questions are also decoded by both models together with windows of 1, 2, 4 and 8; "
        "what each round accepts goes to FILE.live.csv and is compared with the pair file");
    add("temperature",
        po::value<double>(),
        "also the chance that a token sampled at this temperature is accepted, above 0");
}

Flags
MakeFlags()
{
    Flags flags;
    auto add = flags.all.add_options();
    add("help", "this text");
    add("version", "which version this is");
    add("model", po::value<std::string>(), "folder of a checkpoint in Hugging Face's form");
    add("output", po::value<std::string>()->default_value("results/compress"), "folder of results");
    add("steps",
        po::value<int64_t>(),
        "of the teacher; with --model and --textFile: of the distillation, none unless told");
    add("processor",
        po::value<std::string>()->default_value("cpu"),
        "that trains: cpu, cuda or cuda:N; with --model and --textFile: that scores and asks too; "
        "with --pair: that asks");
    add("sizeShare",
        po::value<double>()->default_value(0.2178, "0.2178"),
        "size at 4 bits over bf16's, above 0 up to 1");
    add("llamaClient",
        po::value<std::string>()->default_value(ECLD_LLAMA_CLIENT_DIR),
        "folder of llama.cpp for node, see contrib/ecld/test/llama-client/install.sh");
    AddCheckpointFlags(flags.checkpoint);
    AddPairFlags(flags.pair);
    auto addToStudy = flags.study.add_options();
    addToStudy("size",
               po::value<std::string>()->default_value("small"),
               "fixture (minutes), small (up to 10 minutes) or table (hours)");
    addToStudy("architecture", po::value<std::string>()->default_value("llama"), "llama or qwen3");
    addToStudy("questions",
               po::value<int64_t>(),
               "of each kind, and articles, of which there are 80 at most");
    addToStudy("pairQuestions",
               po::value<int64_t>(),
               "of each pair file, the held-out questions that are asked unless told; where there "
               "are fewer, also those in other words and those about entities that no text names");
    addToStudy("seed", po::value<int64_t>(), "of all draws, 1 unless told");
    addToStudy("seeds", po::value<int64_t>(), "the study with the seeds 1 to so many");
    addToStudy("ablation", "rows for several alpha and tau of (8), and the refit");
    return flags;
}

/// @param flags command line @param others flags of the other use @param problem what a message
/// says of one @param allowed those of them that are of this use too
void
RefuseOthers(const po::variables_map& flags,
             const po::options_description& others,
             const std::string& problem,
             const std::vector<std::string>& allowed = {})
{
    for (const auto& other : others.options())
    {
        const std::string& name = other->long_name();
        const bool isAllowed = std::find(allowed.begin(), allowed.end(), name) != allowed.end();
        if (!isAllowed && flags.count(name) && !flags[name].defaulted())
        {
            throw std::invalid_argument("--" + name + ": " + problem);
        }
    }
}

double
GetShare(const po::variables_map& flags)
{
    const double share = flags["sizeShare"].as<double>();
    if (!(share > 0 && share <= 1))
    {
        throw std::invalid_argument("--sizeShare: expected a number above 0, up to 1");
    }
    return share;
}

/// @param flags command line @param name of a count @param most that it may be @return its value, 0
/// where it is not given
int64_t
GetCount(const po::variables_map& flags,
         const std::string& name,
         int64_t most = std::numeric_limits<int64_t>::max())
{
    const int64_t count = flags.count(name) ? flags[name].as<int64_t>() : 1;
    if (count < 1 || count > most)
    {
        throw std::invalid_argument("--" + name + "=" + std::to_string(count) + ": expected 1 to " +
                                    std::to_string(most));
    }
    return flags.count(name) ? count : 0;
}

void
Compress(const po::variables_map& flags)
{
    CheckpointSettings settings;
    settings.model = flags["model"].as<std::string>();
    settings.device = FindDevice(flags["device"].as<std::string>());
    settings.output = flags["output"].as<std::string>();
    settings.sizeShare = GetShare(flags);
    settings.writesCheckpoint = flags.count("checkpoint") > 0;
    settings.clientFolder = flags["llamaClient"].as<std::string>();
    settings.steps = GetCount(flags, "steps");
    for (const auto& [name, value] :
         {std::pair<const char*, std::string*>{"textFile", &settings.texts},
          {"questionFile", &settings.questions}})
    {
        *value = flags.count(name) ? flags[name].as<std::string>() : "";
    }
    settings.processor = flags["processor"].as<std::string>();
    settings.calibrationTokens = flags["calibrationTokens"].as<int64_t>();
    if (settings.calibrationTokens < 128 || settings.calibrationTokens > 1000000)
    {
        throw std::invalid_argument(
            "--calibrationTokens=" + std::to_string(settings.calibrationTokens) +
            ": expected 128 to 1000000");
    }
    settings.isLayerwise = flags.count("layerwise") > 0;
    if (settings.texts.empty() && (settings.isLayerwise || !flags["calibrationTokens"].defaulted()))
    {
        throw std::invalid_argument("--layerwise, --calibrationTokens: expected --textFile with "
                                    "them");
    }
    if (settings.texts.empty() && (settings.steps > 0 || !settings.questions.empty()))
    {
        throw std::invalid_argument("--steps, --questionFile: expected --textFile with them");
    }
    if (settings.texts.empty() && settings.processor != "cpu")
    {
        throw std::invalid_argument("--processor=" + settings.processor +
                                    ": expected --textFile with it, or cpu");
    }
    const int64_t threads = GetCount(flags, "threads", std::numeric_limits<int>::max());
    settings.threads = threads > 0 ? static_cast<std::size_t>(threads)
                                   : std::max(1U, std::thread::hardware_concurrency());
    settings.trainingThreads = threads > 0 ? static_cast<int>(threads) : 1;
    if (flags.count("sizeMiB"))
    {
        if (!flags["sizeShare"].defaulted())
        {
            throw std::invalid_argument("--sizeMiB, --sizeShare: expected one of them");
        }
        settings.sizeMiB = flags["sizeMiB"].as<double>();
        if (!(*settings.sizeMiB > 0))
        {
            throw std::invalid_argument("--sizeMiB: expected a number above 0");
        }
    }
    if (flags.count("type"))
    {
        settings.types = FindTypes(flags["type"].as<std::string>());
    }
    std::cout << CompressCheckpoint(settings);
}

void
Pair(const po::variables_map& flags)
{
    PairSettings settings;
    for (const auto& [name, value] : {std::pair<const char*, std::string*>{"pair", &settings.file},
                                      {"draft", &settings.draft},
                                      {"target", &settings.target},
                                      {"questionFile", &settings.questions}})
    {
        *value = flags.count(name) ? flags[name].as<std::string>() : "";
        if (value->empty())
        {
            throw std::invalid_argument(std::string("--") + name +
                                        ": missing, expected --pair, --draft, --target and "
                                        "--questionFile together");
        }
    }
    settings.processor = flags["processor"].as<std::string>();
    const int64_t answerTokens = GetCount(flags, "answerTokens");
    settings.answerTokens = answerTokens > 0 ? answerTokens : settings.answerTokens;
    settings.liveQuestions = GetCount(flags, "live");
    const int64_t threads = GetCount(flags, "threads", std::numeric_limits<int>::max());
    settings.threads = threads > 0 ? static_cast<int>(threads) : 1;
    if (flags.count("temperature"))
    {
        settings.temperature = flags["temperature"].as<double>();
        if (!(settings.temperature > 0) || !std::isfinite(settings.temperature))
        {
            throw std::invalid_argument("--temperature: expected a number above 0");
        }
    }
    std::cout << MakePair(settings);
}

void
Study(const po::variables_map& flags)
{
    StudySettings settings;
    settings.size = flags["size"].as<std::string>();
    settings.architecture = FindArchitecture(flags["architecture"].as<std::string>());
    settings.output = flags["output"].as<std::string>();
    settings.processor = flags["processor"].as<std::string>();
    settings.sizeShare = GetShare(flags);
    settings.clientFolder = flags["llamaClient"].as<std::string>();
    settings.steps = GetCount(flags, "steps");
    settings.questions = GetCount(flags, "questions");
    settings.pairQuestions = GetCount(flags, "pairQuestions");
    const int64_t seeds = GetCount(flags, "seeds");
    if (flags.count("seed"))
    {
        settings.seed = static_cast<uint64_t>(GetCount(flags, "seed"));
        if (seeds > 0)
        {
            throw std::invalid_argument("--seed, --seeds: expected one of them");
        }
    }
    settings.hasAblation = flags.count("ablation") > 0;
    GetTeacherSettings(settings.size, settings.architecture); // refuses a size that there is not
    RequirePairQuestions(settings);
    LanguageModel::CheckDevice(settings.processor);
    base::FolderLock(settings.output); // refuses a folder in use before anything else is said
    const SpeedSettings speed{1, 1, 1, settings.clientFolder};
    const std::string problem = FindClientProblem(speed);
    if (!problem.empty())
    {
        std::cerr << "ecld: no latency and energy: " << problem << '\n';
    }
    if (seeds > 0)
    {
        std::cout << RunSeedStudy(settings, seeds);
    }
    else
    {
        const std::vector<StudyRow> rows = RunStudy(settings);
        std::cout << FormatTable(rows) << '\n' << FormatPairTable(rows);
    }
    std::cout << "Files: " << settings.output << '\n';
}

/// @param argc number of arguments @param argv arguments
void
Run(int argc, char* argv[])
{
    const Flags known = MakeFlags();
    po::options_description options(
        "ecld: compress a decoder-only language model for a device.\n"
        "Without --model it trains a small teacher on facts of Debian packages and compares all "
        "methods; the same command goes on where one was stopped. With --pair it writes what a "
        "small model and a large one say to the same questions, for speculative decoding.");
    options.add(known.all).add(known.checkpoint).add(known.pair).add(known.study);
    po::variables_map flags;
    // No abbreviations: what a script says must mean the same when a flag is added.
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(argc, argv)
                  .options(options)
                  .positional(po::positional_options_description())
                  .style(style)
                  .run(),
              flags);
    po::notify(flags);
    if (flags.count("help"))
    {
        std::cout << options;
    }
    else if (flags.count("pair") || flags.count("draft") || flags.count("target"))
    {
        for (const auto* others : {&known.all, &known.checkpoint, &known.study})
        {
            RefuseOthers(flags, *others, "expected no --pair with it", SHARED_WITH_PAIR);
        }
        Pair(flags);
    }
    else if (flags.count("model"))
    {
        RefuseOthers(flags, known.study, "expected no --model with it");
        RefuseOthers(flags, known.pair, "expected --pair with it");
        Compress(flags);
    }
    else
    {
        RefuseOthers(flags, known.checkpoint, "expected --model with it");
        RefuseOthers(flags, known.pair, "expected --pair with it");
        Study(flags);
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("ecld", argc, argv, [&]() { Run(argc, argv); });
}
