/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "calibrated-model.h"

#include "base/interruption.h"
#include "base/output-file.h"
#include "base/progress-bar.h"
#include "compress/importance.h"
#include "compress/shape-trial.h"
#include "format/companion-files.h"
#include "format/input-file.h"
#include "format/unicode-text.h"
#include "measure/machine-rates.h"
#include "train/distillation.h"

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

/// Positions of a row of texts.
constexpr int64_t ROW_LENGTH = 128;

/// Rows that a step of the training reads.
constexpr int64_t TRAINING_ROWS = 4;

/// Shapes that are refitted and compared by their loss on the texts.
constexpr std::size_t TRIED_SHAPES = 20;

/// A pruned model is close to a good one, so its rate is below that of fresh weights.
constexpr double LEARNING_RATE = 2e-4;

/// Where texts and teacher count the same in (8).
constexpr double ALPHA = 0.5;

/// Bytes of a weight in memory: float32, and AdamW's gradient and two moments.
constexpr int64_t WEIGHT_BYTES = 4;
constexpr int64_t TRAINED_WEIGHT_BYTES = 16;

/// Of a folder's record: whether down_proj is refitted.
const std::string REFIT_KEY = "refit";

/// @param plan what to do @return rows that scores, refit and metrics are taken from
int64_t
CountRows(const CalibrationPlan& plan)
{
    return std::max<int64_t>(1, plan.tokens / ROW_LENGTH);
}

/// @param config of a full model @param isTrained whether its student is @return bytes of both
double
CountModelBytes(const ModelConfig& config, bool isTrained)
{
    const auto weights = static_cast<double>(config.GetParameterCount());
    const double perStudent = isTrained ? TRAINED_WEIGHT_BYTES : WEIGHT_BYTES;
    return weights * (WEIGHT_BYTES + perStudent);
}

void
RequireMemory(const CalibrationPlan& plan, const ModelConfig& config)
{
    if (!FitsIntoMemory(config, plan.steps > 0))
    {
        std::ostringstream text;
        text << std::fixed << std::setprecision(1) << plan.model << ": takes "
             << CountModelBytes(config, plan.steps > 0) / 1e9
             << " GB of memory with --steps or --questionFile, " << GetAvailableBytes() / 1e9
             << " GB are free; without these flags it is compressed one layer at a time";
        throw std::runtime_error(text.str());
    }
}

/// @param config of the full model @return whether memory holds the products of all neurons of all
/// layers
bool
CanRefit(const ModelConfig& config)
{
    const double products = 8.0 * static_cast<double>(config.layers) *
                            static_cast<double>(config.intermediateSize) *
                            static_cast<double>(config.intermediateSize);
    return products <= GetAvailableBytes() / 2;
}

/// @param plan what to do @param full model @param tokens texts @param isRefitted whether down_proj
/// is @param report what happened
LanguageModel
MakeStudent(const CalibrationPlan& plan,
            const LanguageModel& full,
            const TokenCorpus& tokens,
            bool isRefitted,
            std::ostringstream& report)
{
    const ModelConfig& config = full.GetConfig();
    CalibrationSettings calibration;
    calibration.samples = CountRows(plan);
    calibration.length = ROW_LENGTH;
    calibration.rows = TRAINING_ROWS;
    const ImportanceScores scores = Calibrate(full, tokens, calibration);
    const std::vector<PrunedShape> shapes = ListShapesByBudget(config,
                                                               scores,
                                                               plan.budgetBytes,
                                                               plan.countBytes,
                                                               plan.limits,
                                                               TRIED_SHAPES);
    base::ProgressBar bar("shapes", static_cast<int64_t>(shapes.size()), plan.progress);
    TrialSettings trial;
    trial.refit.calibration = calibration;
    trial.isRefitted = isRefitted;
    trial.progress = [&bar](int64_t done, int64_t) {
        bar.Show(done);
        if (base::InterruptionGuard::IsInterrupted())
        {
            throw base::Interruption("interrupted; the same command begins the pruning anew");
        }
    };
    TriedModel student = PruneByLoss(full, scores, shapes, tokens, trial);
    report << "pruned by activations: " << student.shape.layers << " of " << config.layers
           << " layers, " << student.shape.intermediateSize << " of " << config.intermediateSize
           << " neurons, " << student.shape.heads << " of " << config.heads << " heads\n"
           << (isRefitted ? "refitted: down_proj of each layer\n"
                          : "not refitted: the products of its neurons do not fit into memory\n");
    if (!student.losses.empty())
    {
        report << "that shape has the least loss on the texts of " << shapes.size() << ": "
               << *std::min_element(student.losses.begin(), student.losses.end())
               << " nats a token\n";
    }
    return std::move(student.model);
}

/// @param student is trained in place @param full its teacher @param state file of the training
void
DistilStudent(const CalibrationPlan& plan,
              LanguageModel& student,
              const LanguageModel& full,
              const TokenCorpus& tokens,
              const fs::path& state,
              std::ostringstream& report)
{
    DistillationSettings settings;
    settings.alpha = ALPHA;
    settings.training.steps = plan.steps;
    settings.training.rows = TRAINING_ROWS;
    settings.training.length = ROW_LENGTH;
    settings.training.peakLearningRate = LEARNING_RATE;
    settings.training.warmupSteps = std::min(settings.training.warmupSteps, plan.steps);
    settings.training.stateFile = state.string();
    settings.training.label = "distillation";
    settings.training.progress = plan.progress;
    const TrainingReport trained = Distill(student, full, tokens, settings);
    report << "distilled: " << trained.steps << " steps, loss (8) " << trained.lastLoss
           << " at the end\n";
}

/// Make the pruned model, unless the folder has it. @return whether it was refitted
bool
MakePrunedFolder(const CalibrationPlan& plan,
                 const TokenCorpus& tokens,
                 const Tokenizer& tokenizer,
                 std::ostringstream& report)
{
    const fs::path folder(plan.folder);
    // A run that goes on does what the one before began, whatever memory there is now.
    const bool canRefit = CanRefit(ReadModelConfig(plan.model));
    const CompressionRecord record =
        ClaimFolder(plan.folder, plan.settings, {{REFIT_KEY, canRefit ? "yes" : "no"}});
    const auto refit = record.find(REFIT_KEY);
    const bool isRefitted = refit != record.end() && refit->second == "yes";
    if (fs::exists(folder / "config.json")) // written last
    {
        return isRefitted;
    }
    const LanguageModel full = LanguageModel::Load(plan.model, plan.processor, plan.threads);
    LanguageModel student = MakeStudent(plan, full, tokens, isRefitted, report);
    const fs::path state = folder / "training-state";
    if (plan.steps > 0)
    {
        DistilStudent(plan, student, full, tokens, state, report);
    }
    base::WriteTextFile((folder / "tokenizer.json").string(), tokenizer.GetDocument());
    WriteCompanionFiles(ReadCompanionFiles(plan.model), plan.folder);
    student.Save(plan.folder, DataType::F32);
    fs::remove(state);
    return isRefitted;
}

/// @param path a file of lines @param hasAnswers whether each has to have answers @param expected
/// what a line has to be @return the questions
std::vector<Question>
ReadQuestionLines(const std::string& path, bool hasAnswers, const std::string& expected)
{
    std::vector<Question> questions;
    std::istringstream lines(ReadSeparatedText(path));
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);)
    {
        ++number;
        if (line.empty())
        {
            continue;
        }
        Question question;
        try
        {
            const auto document = nlohmann::json::parse(line);
            question.prompt = document.at("prompt").get<std::string>();
            if (hasAnswers)
            {
                question.answers = document.at("answers").get<std::vector<std::string>>();
            }
        }
        catch (const nlohmann::json::exception&)
        {
            question = {}; // without a prompt, which the check below names
        }
        if (question.prompt.empty() || (hasAnswers && question.answers.empty()))
        {
            throw std::runtime_error(path + ": line " + std::to_string(number) + ": expected " +
                                     expected);
        }
        questions.push_back(question);
    }
    if (questions.empty())
    {
        throw std::runtime_error(path + ": no questions");
    }
    return questions;
}

} // namespace

bool
FitsIntoMemory(const ModelConfig& config, bool isTrained)
{
    return CountModelBytes(config, isTrained) <= GetAvailableBytes();
}

TokenCorpus
ReadTexts(const std::string& path,
          const Tokenizer& tokenizer,
          const ModelConfig& config,
          int64_t rowLength)
{
    std::vector<std::string> texts(1);
    const std::string content = ReadSeparatedText(path);
    if (const auto offset = FindInvalidUtf8(content))
    {
        throw std::runtime_error(path + ": byte " + std::to_string(*offset) + " is no UTF-8");
    }
    std::istringstream lines(content);
    for (std::string line; std::getline(lines, line);)
    {
        if (line.empty())
        {
            texts.emplace_back();
            continue;
        }
        texts.back() += (texts.back().empty() ? "" : "\n") + line;
    }
    texts.erase(std::remove(texts.begin(), texts.end(), ""), texts.end());
    if (texts.empty())
    {
        throw std::runtime_error(path + ": no texts, expected some between empty lines");
    }
    const int32_t endId = config.eosIds.empty() ? 0 : config.eosIds.front();
    TokenCorpus corpus{{}, endId};
    const auto length = static_cast<std::size_t>(std::min(rowLength, config.maxPositions));
    for (const std::vector<int32_t>& ids : Tokenize(texts, tokenizer, endId).documents)
    {
        for (std::size_t first = 0; first < ids.size(); first += length)
        {
            const std::size_t last = std::min(ids.size(), first + length);
            if (last - first > 1) // one token alone has nothing to predict
            {
                corpus.documents.emplace_back(&ids[first], &ids[first] + (last - first));
            }
        }
    }
    return corpus;
}

std::vector<Question>
ReadQuestions(const std::string& path)
{
    return ReadQuestionLines(path, true, R"({"prompt": "...", "answers": ["...", ...]})");
}

std::vector<std::string>
ReadPrompts(const std::string& path)
{
    std::vector<std::string> prompts;
    for (const Question& question : ReadQuestionLines(path, false, R"({"prompt": "..."})"))
    {
        prompts.push_back(question.prompt);
    }
    return prompts;
}

CalibratedModel
MakeCalibratedModel(const CalibrationPlan& plan,
                    const ModelConfig& config,
                    const Tokenizer& tokenizer)
{
    const TokenCorpus tokens = ReadTexts(plan.texts, tokenizer, config, ROW_LENGTH);
    RequireMemory(plan, config);
    CalibratedModel result;
    std::ostringstream report;
    if (plan.countBytes(config) <= plan.budgetBytes)
    {
        result.folder = plan.model;
        report << "not pruned: it fits as it is\n";
    }
    else
    {
        result.folder = plan.folder;
        result.isRefitted = MakePrunedFolder(plan, tokens, tokenizer, report);
    }
    result.metrics = MeasureInputs(LanguageModel::Load(result.folder, plan.processor, plan.threads),
                                   tokens,
                                   {CountRows(plan), ROW_LENGTH, 1});
    result.report = report.str();
    return result;
}

} // namespace ecld
