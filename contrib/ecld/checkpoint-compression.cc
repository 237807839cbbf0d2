/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "checkpoint-compression.h"

#include "calibrated-model.h"
#include "checkpoint-profile.h"
#include "compress/pruning.h"
#include "compress/streaming.h"
#include "format/output-file.h"
#include "measure/device-model.h"
#include "measure/interval.h"
#include "measure/machine-rates.h"
#include "measure/runtime-speed.h"
#include "model/interruption.h"
#include "model/progress-bar.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

constexpr double MEBIBYTE = 1048576;

/// Tokens of the prompt that the modelled latency is for.
constexpr int64_t MODELLED_PROMPT = 64;

/// @param tokenizer vocabulary @param config model @return bytes of a GGUF header, a bit too many
int64_t
EstimateMetadataBytes(const Tokenizer& tokenizer, const ModelConfig& config)
{
    // Texts have 8 bytes of length, tokens 4 of type; tensor infos take below 128 bytes.
    std::size_t bytes = 65536 + 128 * GetExpectedTensors(config).size();
    for (int32_t id = 0; id < config.vocabularySize; ++id)
    {
        bytes += 32 + (id < tokenizer.GetVocabularySize() ? tokenizer.GetToken(id).size() : 0);
    }
    for (const std::string& merge : tokenizer.GetMerges())
    {
        bytes += 8 + merge.size();
    }
    return static_cast<int64_t>(bytes);
}

GgufType
ChooseType(const CheckpointSettings& settings, const DeviceModel& device)
{
    return settings.type.value_or(device.weightBits == 4 ? GgufType::Q4_K : GgufType::Q8_0);
}

/// @return a progress callback that stops after Ctrl-C @param bar shows it
std::function<void(int64_t, int64_t)>
Watch(ProgressBar& bar)
{
    return [&bar](int64_t done, int64_t) {
        bar.Show(done);
        if (InterruptionGuard::IsInterrupted())
        {
            throw Interruption("interrupted, nothing was written");
        }
    };
}

/// @param bytes over @param seconds @return in words
std::string
FormatRate(double bytes, double seconds)
{
    std::ostringstream text;
    text << std::fixed << std::setprecision(3) << bytes / seconds / 1e9 << " GB/s";
    return text.str();
}

/// One checkpoint on its way.
class Compression
{
  public:
    explicit Compression(const CheckpointSettings& settings)
        : m_settings(settings),
          m_device(ReadDeviceModel(settings.device)),
          m_config(ReadModelConfig(settings.model)),
          m_tokenizer(Tokenizer::Read(settings.model)),
          m_checkpoint(settings.model)
    {
        CheckVocabulary(m_tokenizer, m_config.vocabularySize, settings.model);
        m_types.matrices = ChooseType(settings, m_device);
    }

    std::string Run()
    {
        const fs::path path =
            fs::path(m_settings.output) /
            (GetModelName() + "-" + m_device.name + "-" + GetName(m_types.matrices) + ".gguf");
        m_report << std::fixed << std::setprecision(2);
        if (fs::exists(path))
        {
            m_report << path.string() << " is there already and was left as it is\n";
        }
        else
        {
            m_settings.texts.empty() ? Write(path) : WriteCalibrated(path);
        }
        Describe(path);
        if (!m_settings.questions.empty())
        {
            WriteProfiles(path);
        }
        return m_report.str();
    }

  private:
    /// @return what the model is called: its folder's name
    std::string GetModelName() const
    {
        const fs::path folder = fs::absolute(m_settings.model).lexically_normal();
        return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
    }

    double GetBudgetBytes() const
    {
        const double bf16 = 2 * static_cast<double>(m_config.GetParameterCount());
        const double share = m_settings.sizeShare * m_device.weightBits / 4;
        return m_settings.sizeMiB ? *m_settings.sizeMiB * MEBIBYTE : share * bf16;
    }

    int64_t GetTensorBudget() const
    {
        return static_cast<int64_t>(GetBudgetBytes()) -
               EstimateMetadataBytes(m_tokenizer, m_config);
    }

    PruningLimits GetLimits() const
    {
        PruningLimits limits;
        limits.widthMultiple = m_types.matrices == GgufType::Q4_K ? 256 : 64;
        limits.prunesChannels = false; // the residual stream tolerates least
        limits.prunesLayers = true;
        return limits;
    }

    /// @param path of the GGUF file @return folder of its weights before they were quantised
    static fs::path GetStudentFolder(const fs::path& path)
    {
        return fs::path(path).replace_extension("").concat("-pruned");
    }

    void WriteCalibrated(const fs::path& path)
    {
        CalibrationPlan plan;
        plan.model = m_settings.model;
        plan.folder = GetStudentFolder(path).string();
        plan.texts = m_settings.texts;
        plan.steps = m_settings.steps;
        plan.limits = GetLimits();
        plan.budgetBytes = GetTensorBudget();
        plan.countBytes = [this](const ModelConfig& config) {
            return GetDeployedBytes(config, m_types);
        };
        plan.progress = m_settings.progress;
        const CalibratedModel model = MakeCalibratedModel(plan, m_config, m_tokenizer);
        m_report << model.report;
        const SafetensorsCheckpoint checkpoint(model.folder);
        TensorRows rows(checkpoint, ReadModelConfig(model.folder));
        Stream(rows, path, model.metrics);
    }

    /// @param path of the GGUF file, whose profile and the full model's are written
    void WriteProfiles(const fs::path& path)
    {
        const bool isPruned = GetDeployedBytes(m_config, m_types) > GetTensorBudget();
        AskedModel asked;
        asked.file = path.string();
        asked.folder = isPruned ? GetStudentFolder(path).string() : m_settings.model;
        asked.full = m_settings.model;
        asked.questions = m_settings.questions;
        asked.scratch = (fs::path(m_settings.output) / "expanded").string();
        const AskedQuality quality = AskQuestions(asked, m_tokenizer);

        ProfileDocument full = MakeCheckpointProfile(quality.full, {});
        full.name = GetModelName() + "-original";
        full.method = "original";
        full.sizeBytes = 2 * static_cast<uint64_t>(m_config.GetParameterCount());
        WriteProfile(full, quality.full);

        ProfileDocument deployed = MakeCheckpointProfile(quality.deployed, m_speed);
        deployed.name = path.stem().string();
        deployed.method = GetMethod(isPruned);
        deployed.sizeBytes = fs::file_size(path);
        WriteProfile(deployed, quality.deployed);
    }

    /// @param isPruned whether it had to be @return what profiles call what was done
    std::string GetMethod(bool isPruned) const
    {
        const bool isQuantised = GetBlockElements(m_types.matrices) > 1;
        if (!isPruned)
        {
            return isQuantised ? "quantization" : "original";
        }
        if (m_settings.steps > 0)
        {
            return isQuantised ? "ecld" : "pruning-distillation";
        }
        return isQuantised ? "pruning-quantization" : "pruning";
    }

    /// @param profile all but its base model @param quality what its numbers come from
    void WriteProfile(ProfileDocument profile, const QualityReport& quality)
    {
        profile.baseModel = GetModelName();
        const std::string file = (fs::path(m_settings.output) / (profile.name + ".json")).string();
        WriteTextFile(file, WriteProfileDocument(profile));
        m_report << file << ": accuracy " << profile.accuracy << " of " << quality.hits.size()
                 << " questions, agreement with the full model "
                 << BootstrapMean(quality.agreement).mean << "\n";
    }

    void Write(const fs::path& path)
    {
        const int64_t budget = GetTensorBudget();
        TensorRows whole(m_checkpoint, m_config);
        if (GetDeployedBytes(m_config, m_types) <= budget)
        {
            m_report << "not pruned: it fits as it is\n";
            Stream(whole, path);
            return;
        }
        ProgressBar bar("scores", m_config.layers, m_settings.progress);
        const auto start = std::chrono::steady_clock::now();
        const ImportanceScores scores = ScoreByWeights(whole, Watch(bar), m_settings.threads);
        m_report << "scores by the weights alone: " << SecondsSince(start) << " s\n";
        const PrunedShape shape = ChooseShapeByBudget(
            m_config,
            scores,
            budget,
            [this](const ModelConfig& pruned) { return GetDeployedBytes(pruned, m_types); },
            GetLimits());
        const PruningPlan plan = PlanPruning(m_config, scores, shape);
        m_report << "pruned: " << shape.layers << " of " << m_config.layers << " layers, "
                 << shape.intermediateSize << " of " << m_config.intermediateSize << " neurons, "
                 << shape.heads << " of " << m_config.heads << " heads, " << shape.hiddenSize
                 << " of " << m_config.hiddenSize << " channels\n";
        TensorRows pruned(m_checkpoint, m_config, plan);
        Stream(pruned, path);
        if (m_settings.writesCheckpoint)
        {
            ProgressBar copy("checkpoint", plan.config.GetParameterCount(), m_settings.progress);
            StreamCheckpoint(pruned,
                             m_tokenizer,
                             DataType::BF16,
                             m_settings.output + "/checkpoint",
                             Watch(copy));
        }
    }

    static double SecondsSince(std::chrono::steady_clock::time_point start)
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }

    void Stream(TensorRows& rows, const fs::path& path, const InputMetrics& metrics = {})
    {
        const int64_t weights = rows.GetConfig().GetParameterCount();
        ProgressBar bar("quantise", weights, m_settings.progress);
        StreamSettings settings;
        settings.types = m_types;
        settings.name = path.stem().string();
        settings.threads = m_settings.threads;
        settings.metrics = metrics;
        settings.progress = Watch(bar);
        const auto start = std::chrono::steady_clock::now();
        StreamGguf(rows, m_tokenizer, settings, path.string());
        const double seconds = SecondsSince(start);
        m_peakResidentBytes = GetPeakResidentBytes(); // before the rates take memory of their own
        const MachineRates rates = MeasureMachineRates(m_settings.model);
        m_report << "quantised " << static_cast<double>(weights) / 1e6 << "e6 weights in "
                 << seconds << " s: " << FormatRate(2 * static_cast<double>(weights), seconds)
                 << " of bf16 (disk " << FormatRate(rates.diskBytesPerS, 1) << ", memory copy "
                 << FormatRate(rates.memoryBytesPerS, 1) << ")\n";
    }

    void Describe(const fs::path& path)
    {
        const double bytes = static_cast<double>(fs::file_size(path));
        const double bf16 = 2 * static_cast<double>(m_config.GetParameterCount());
        m_report << path.string() << ": " << bytes / MEBIBYTE << " MiB, " << 100 * bytes / bf16
                 << " % of bf16's " << bf16 / MEBIBYTE << " MiB\n"
                 << "peak resident memory: " << m_peakResidentBytes / 1e9 << " GB\n";
        const ModelledCost cost =
            ModelCost(m_device, {bytes, 8 * bytes / GetBitsPerWeight()}, MODELLED_PROMPT);
        m_report << "modelled on " << m_device.name << " (roofline, efficiency "
                 << ROOFLINE_EFFICIENCY << "): " << 1 / cost.generationPerTokenS
                 << " generated tokens/s, " << 1 / cost.promptPerTokenS << " prompt tokens/s, "
                 << cost.generationPerTokenJ << " J a generated token"
                 << (cost.fits ? "" : ", but it does not fit into its memory") << "\n";
        SpeedSettings speed;
        speed.clientFolder = m_settings.clientFolder;
        speed.promptTokens = 16;
        speed.generatedTokens = 8;
        speed.repeats = 1;
        const std::string problem = FindClientProblem(speed);
        if (!problem.empty())
        {
            m_report << "not loaded into a runtime: " << problem << "\n";
            return;
        }
        m_speed = MeasureLlamaSpeed(path.string(), speed, EnergyMeter());
        const RuntimeSpeed& measured = m_speed;
        m_report << measured.runtime << " loads it: " << 1 / measured.promptPerTokenS.front()
                 << " prompt tokens/s, " << 1 / measured.generationPerTokenS.front()
                 << " generated tokens/s, " << measured.generationPerTokenJ.front()
                 << " J a generated token by " << measured.energySource << "\n";
    }

    /// @return bits that a weight of a matrix takes
    double GetBitsPerWeight() const
    {
        return 8.0 * static_cast<double>(GetBlockBytes(m_types.matrices)) /
               static_cast<double>(GetBlockElements(m_types.matrices));
    }

    CheckpointSettings m_settings;      //!< what to do
    DeviceModel m_device;               //!< for whom
    ModelConfig m_config;               //!< of the full model
    Tokenizer m_tokenizer;              //!< of both
    SafetensorsCheckpoint m_checkpoint; //!< weights
    DeploymentTypes m_types;            //!< how they are stored
    double m_peakResidentBytes{0};      //!< up to the last stage
    RuntimeSpeed m_speed;               //!< llama.cpp's, empty where it is not there
    std::ostringstream m_report;        //!< what happened
};

} // namespace

std::string
CompressCheckpoint(const CheckpointSettings& settings)
{
    const InterruptionGuard guard;
    return Compression(settings).Run();
}

} // namespace ecld
