/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "checkpoint-compression.h"

#include "base/folder-lock.h"
#include "base/interruption.h"
#include "base/output-file.h"
#include "base/progress-bar.h"
#include "calibrated-model.h"
#include "checkpoint-profile.h"
#include "checkpoint-report.h"
#include "compress/pruning.h"
#include "compress/streaming.h"
#include "compression-budget.h"
#include "compression-record.h"
#include "format/companion-files.h"
#include "layerwise-model.h"
#include "measure/device-model.h"
#include "measure/interval.h"
#include "measure/machine-rates.h"
#include "measure/runtime-speed.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iomanip>
#include <sstream>
#include <stdexcept>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

/// Of a file's record: what profiles call what was done, and whether down_proj was refitted.
const std::string METHOD_KEY = "method";
const std::string REFIT_KEY = "refit";

/// Of a file's record: the hash of the full model, and whether it was in memory as a whole.
const std::string MODEL_KEY = "model";
const std::string PASSES_KEY = "passes";
const std::string LAYERWISE = "layerwise";
const std::string WHOLE = "whole";

/// Widest inputs of a matrix whose rows are refined one by one; wider models go layer by layer.
const int64_t WIDEST_BY_ROWS = ProductSettings().widestMetric;

/// @return a progress callback that stops after Ctrl-C @param bar shows it
std::function<void(int64_t, int64_t)>
Watch(base::ProgressBar& bar)
{
    return [&bar](int64_t done, int64_t) {
        bar.Show(done);
        base::InterruptionGuard::RequireGoingOn();
    };
}

/// @param folder of files, may be missing @param prefix of their names @param ending of their names
/// @return how many there are
int64_t
CountFiles(const fs::path& folder, const std::string& prefix, const std::string& ending)
{
    std::error_code error;
    const fs::directory_iterator files(folder, error);
    return std::count_if(begin(files), end(files), [&](const fs::directory_entry& entry) {
        return entry.path().extension() == ending &&
               entry.path().filename().string().rfind(prefix, 0) == 0;
    });
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
          m_companions(ReadCompanionFiles(settings.model)),
          m_checkpoint(settings.model),
          m_budget(settings, m_device, m_config, m_tokenizer, m_companions)
    {
        CheckVocabulary(m_tokenizer, m_config.vocabularySize, settings.model);
        CheckDeployable(m_tokenizer, m_config);
        LanguageModel::CheckDevice(settings.processor);
        m_isLayerwise = IsLayerwise();
        RequireEffects();
        m_budget.RequireShape();
        RequireQuestions();
        m_made = MakeSettings();
    }

    std::string Run()
    {
        const fs::path path = GetPath();
        m_report << std::fixed << std::setprecision(2);
        if (m_config.hasDefaultTheta)
        {
            m_report << m_settings.model << "/config.json: no rope_theta, so that it is "
                     << m_config.ropeTheta << ", as in transformers\n";
        }
        RequireNoOtherModel(m_settings.output, GetModelName() + "-", m_made.front());
        if (fs::exists(path))
        {
            RequireSameSettings(path.string(), ReadGgufRecord(path.string()), m_made);
            m_report << path.string() << " is there already and was left as it is\n";
        }
        else
        {
            WriteFile(path);
        }
        if (m_settings.writesCheckpoint)
        {
            m_settings.texts.empty() ? WriteCheckpoint(path) : RequireStudentFolder(path);
            m_report << GetStudentFolder(path).string() << ": the pruned model, not quantised\n";
        }
        const double bf16 = 2 * static_cast<double>(m_config.GetParameterCount());
        const double bits = 8.0 * static_cast<double>(m_budget.CountBytes(m_config)) /
                            static_cast<double>(m_config.GetParameterCount());
        m_report << DescribeFile(path.string(), bits, bf16, m_peakResidentBytes, m_device);
        m_speed = TrySpeed(path.string(), m_settings.clientFolder, m_report);
        if (!m_settings.questions.empty())
        {
            WriteProfiles(path);
        }
        return m_report.str();
    }

  private:
    /// @return the GGUF file
    fs::path GetPath() const
    {
        return fs::path(m_settings.output) / (GetModelName() + "-" + m_device.name + "-" +
                                              GetName(m_budget.GetTypes()) + ".gguf");
    }

    /// @param path of the GGUF file @return folder of passes that are not done
    static fs::path GetLayersFolder(const fs::path& path)
    {
        return fs::path(path).replace_extension("").concat("-layers");
    }

    /// @return whether layers are compressed one at a time; what was begun so goes on so, whatever
    /// memory there is now
    bool IsLayerwise() const
    {
        if (m_settings.isLayerwise || m_settings.texts.empty())
        {
            return m_settings.isLayerwise;
        }
        if (fs::exists(GetPath()))
        {
            const CompressionRecord record = ReadGgufRecord(GetPath().string());
            const auto passes = record.find(PASSES_KEY);
            return passes != record.end() && passes->second == LAYERWISE;
        }
        if (fs::exists(GetLayersFolder(GetPath())))
        {
            return true;
        }
        const bool needsWhole = m_settings.steps > 0 || !m_settings.questions.empty() ||
                                m_settings.writesCheckpoint || m_settings.processor != "cpu";
        const bool isWide = std::max({m_config.hiddenSize,
                                      m_config.intermediateSize,
                                      m_config.heads * m_config.headDim}) > WIDEST_BY_ROWS;
        return !needsWhole && (isWide || !FitsIntoMemory(m_config, false));
    }

    /// Refuse what could do nothing here.
    void RequireEffects() const
    {
        if (m_isLayerwise)
        {
            RequireLayerwise();
        }
        const std::string whole = ", but the model fits into the size without pruning";
        if (!m_budget.NeedsPruning() && m_settings.steps > 0)
        {
            throw std::invalid_argument("--steps=" + std::to_string(m_settings.steps) +
                                        ": there is nothing to distil" + whole);
        }
        if (!m_budget.NeedsPruning() && m_settings.writesCheckpoint)
        {
            throw std::invalid_argument("--checkpoint: there is nothing to write" + whole);
        }
    }

    /// Refuse what needs a model that is in memory as a whole.
    void RequireLayerwise() const
    {
        for (const auto& [isGiven, flag] :
             {std::pair<bool, const char*>{m_settings.steps > 0, "--steps"},
              {!m_settings.questions.empty(), "--questionFile"},
              {m_settings.writesCheckpoint, "--checkpoint"},
              {m_settings.processor != "cpu", "--processor"}})
        {
            if (isGiven)
            {
                throw std::invalid_argument(std::string(flag) +
                                            ": expected a model that is in memory as a whole, not "
                                            "--layerwise");
            }
        }
    }

    /// Refuse questions that could not be asked in the end.
    void RequireQuestions() const
    {
        if (m_settings.questions.empty())
        {
            return;
        }
        for (const Question& question : ReadQuestions(m_settings.questions))
        {
            const auto tokens =
                static_cast<int64_t>(m_tokenizer.Encode(question.prompt, true).size());
            if (tokens >= m_config.maxPositions)
            {
                throw std::runtime_error(m_settings.questions + ": a prompt of " +
                                         std::to_string(tokens) +
                                         " tokens, expected fewer than the model's " +
                                         std::to_string(m_config.maxPositions) + " positions");
            }
        }
    }

    /// @return all that the file depends on
    std::vector<RecordedSetting> MakeSettings() const
    {
        return {
            {MODEL_KEY, "--model", HashModel(m_config, m_tokenizer, m_companions, m_checkpoint)},
            {"bytes", "--sizeMiB, --sizeShare", std::to_string(m_budget.GetFileBytes())},
            {"type", "--type, --device", GetName(m_budget.GetTypes())},
            {"texts",
             "--textFile",
             m_settings.texts.empty() ? "none" : HashTexts(m_settings.texts)},
            {"tokens",
             "--calibrationTokens",
             m_settings.texts.empty() ? "none" : std::to_string(m_settings.calibrationTokens)},
            {PASSES_KEY, "--layerwise", m_isLayerwise ? LAYERWISE : WHOLE},
            {"steps", "--steps", std::to_string(m_settings.steps)}};
    }

    /// @param path of the file whose student's folder must be there
    void RequireStudentFolder(const fs::path& path) const
    {
        const fs::path folder = GetStudentFolder(path);
        if (!fs::exists(folder / "config.json"))
        {
            throw std::runtime_error(folder.string() + ": missing, it was made with " +
                                     path.string() + "; remove that to make both anew");
        }
        ClaimFolder(folder.string(), m_made);
    }

    /// @param isRefitted whether down_proj was @return keys that say what a file is made with
    GgufMetadata MakeMetadata(bool isRefitted) const
    {
        CompressionRecord record = MakeRecord(m_made);
        record[METHOD_KEY] = GetMethod();
        record[REFIT_KEY] = isRefitted ? "yes" : "no";
        GgufMetadata metadata = MakeRecordMetadata(record);
        const GgufMetadata templates = MakeTemplateMetadata(m_companions);
        metadata.insert(metadata.end(), templates.begin(), templates.end());
        return metadata;
    }

    /// @return what the model is called: its folder's name
    std::string GetModelName() const
    {
        const fs::path folder = fs::absolute(m_settings.model).lexically_normal();
        return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
    }

    /// @param path of the GGUF file @return folder of its weights before they were quantised
    static fs::path GetStudentFolder(const fs::path& path)
    {
        return fs::path(path).replace_extension("").concat("-pruned");
    }

    void WriteFile(const fs::path& path)
    {
        if (m_settings.texts.empty())
        {
            Write(path);
        }
        else if (m_isLayerwise)
        {
            WriteLayerwise(path);
        }
        else
        {
            WriteCalibrated(path);
        }
    }

    void WriteLayerwise(const fs::path& path)
    {
        LayerwisePlan plan;
        plan.folder = GetLayersFolder(path).string();
        plan.texts = m_settings.texts;
        plan.tokens = m_settings.calibrationTokens;
        plan.limits = m_budget.GetLimits();
        plan.budgetBytes = m_budget.GetTensorBytes();
        plan.countBytes = [this](const ModelConfig& config) { return m_budget.CountBytes(config); };
        plan.settings = m_made;
        plan.stream.types = m_budget.GetTypes();
        plan.stream.name = path.stem().string();
        plan.stream.metadata = MakeMetadata(true);
        plan.stream.threads = m_settings.threads;
        plan.torchThreads = m_settings.trainingThreads;
        plan.progress = m_settings.progress;
        RemoveOldProfiles(path);
        m_report << CompressLayerwise(plan, m_checkpoint, m_config, m_tokenizer, path.string());
        m_peakResidentBytes = GetPeakResidentBytes();
    }

    void WriteCalibrated(const fs::path& path)
    {
        CalibrationPlan plan;
        plan.model = m_settings.model;
        plan.folder = GetStudentFolder(path).string();
        plan.texts = m_settings.texts;
        plan.steps = m_settings.steps;
        plan.limits = m_budget.GetLimits();
        plan.budgetBytes = m_budget.GetTensorBytes();
        plan.countBytes = [this](const ModelConfig& config) { return m_budget.CountBytes(config); };
        plan.settings = m_made;
        plan.tokens = m_settings.calibrationTokens;
        plan.processor = m_settings.processor;
        plan.threads = m_settings.trainingThreads;
        plan.progress = m_settings.progress;
        const CalibratedModel model = MakeCalibratedModel(plan, m_config, m_tokenizer);
        m_report << model.report;
        const SafetensorsCheckpoint checkpoint(model.folder);
        TensorRows rows(checkpoint, ReadModelConfig(model.folder));
        Stream(rows, path, model.isRefitted, model.metrics);
    }

    /// @return file of a profile @param name of the profile
    fs::path GetProfilePath(const std::string& name) const
    {
        return fs::path(m_settings.output) / (name + ".json");
    }

    /// @return what the full model's profile is called
    std::string GetFullName() const
    {
        return GetModelName() + "-original";
    }

    /// Remove profiles that would not be of what is about to be written. @param path of the file
    void RemoveOldProfiles(const fs::path& path) const
    {
        fs::remove(GetProfilePath(path.stem().string()));
        if (CountFiles(m_settings.output, GetModelName() + "-", ".gguf") == 0)
        {
            fs::remove(GetProfilePath(GetFullName())); // no file says which model it was
        }
    }

    /// @param path of the GGUF file, whose profile and the full model's are written
    void WriteProfiles(const fs::path& path)
    {
        if (m_budget.NeedsPruning())
        {
            RequireStudentFolder(path);
        }
        AskedModel asked;
        asked.file = path.string();
        asked.folder = m_budget.NeedsPruning() ? GetStudentFolder(path).string() : m_settings.model;
        asked.full = m_settings.model;
        asked.questions = m_settings.questions;
        asked.scratch = (fs::path(m_settings.output) / "expanded").string();
        asked.processor = m_settings.processor;
        asked.threads = m_settings.trainingThreads;
        const AskedQuality quality = AskQuestions(asked, m_tokenizer);

        ProfileDocument full = MakeCheckpointProfile(quality.full, {});
        full.name = GetFullName();
        full.method = "original";
        full.sizeBytes = 2 * static_cast<uint64_t>(m_config.GetParameterCount());
        WriteProfile(full, quality.full);

        ProfileDocument deployed = MakeCheckpointProfile(quality.deployed, m_speed);
        deployed.name = path.stem().string();
        deployed.method = ReadGgufRecord(path.string()).at(METHOD_KEY);
        deployed.sizeBytes = fs::file_size(path);
        WriteProfile(deployed, quality.deployed);
    }

    /// @return what profiles call what this run does
    std::string GetMethod() const
    {
        const bool isQuantised = GetBlockElements(m_budget.GetTypes().matrices) > 1;
        if (!m_budget.NeedsPruning())
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
        const std::string file = GetProfilePath(profile.name).string();
        base::WriteTextFile(file, WriteProfileDocument(profile));
        m_report << file << ": accuracy " << profile.accuracy << " of " << quality.hits.size()
                 << " questions, agreement with the full model "
                 << BootstrapMean(quality.agreement).mean << "\n";
    }

    void Write(const fs::path& path)
    {
        if (m_budget.NeedsPruning())
        {
            TensorRows pruned(m_checkpoint, m_config, GetPlan());
            Stream(pruned, path, false);
            return;
        }
        m_report << "not pruned: it fits as it is\n";
        TensorRows whole(m_checkpoint, m_config);
        Stream(whole, path, false);
    }

    /// @return what stays, by the weights alone
    const PruningPlan& GetPlan()
    {
        if (m_plan)
        {
            return *m_plan;
        }
        TensorRows whole(m_checkpoint, m_config);
        base::ProgressBar bar("scores", m_config.layers, m_settings.progress);
        const auto start = std::chrono::steady_clock::now();
        const ImportanceScores scores = ScoreByWeights(whole, Watch(bar), m_settings.threads);
        m_report << "scores by the weights alone: " << SecondsSince(start) << " s\n";
        const PrunedShape shape = ChooseShapeByBudget(
            m_config,
            scores,
            m_budget.GetTensorBytes(),
            [this](const ModelConfig& pruned) { return m_budget.CountBytes(pruned); },
            m_budget.GetLimits());
        m_report << "pruned: " << shape.layers << " of " << m_config.layers << " layers, "
                 << shape.intermediateSize << " of " << m_config.intermediateSize << " neurons, "
                 << shape.heads << " of " << m_config.heads << " heads, " << shape.hiddenSize
                 << " of " << m_config.hiddenSize << " channels\n";
        m_plan = PlanPruning(m_config, scores, shape);
        return *m_plan;
    }

    /// Write the pruned model in Hugging Face's form, unless it is there. @param path of the file
    void WriteCheckpoint(const fs::path& path)
    {
        const fs::path folder = GetStudentFolder(path);
        ClaimFolder(folder.string(), m_made);
        if (fs::exists(folder / "config.json")) // written last
        {
            return;
        }
        TensorRows pruned(m_checkpoint, m_config, GetPlan());
        WriteCompanionFiles(m_companions, folder.string());
        base::ProgressBar bar("checkpoint",
                              pruned.GetConfig().GetParameterCount(),
                              m_settings.progress);
        StreamCheckpoint(pruned, m_tokenizer, DataType::BF16, folder.string(), Watch(bar));
    }

    static double SecondsSince(std::chrono::steady_clock::time_point start)
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }

    /// @param rows of the model @param path of the file @param isRefitted whether down_proj was
    void Stream(TensorRows& rows,
                const fs::path& path,
                bool isRefitted,
                const InputMetrics& metrics = {})
    {
        RemoveOldProfiles(path);
        const int64_t weights = rows.GetConfig().GetParameterCount();
        base::ProgressBar bar("quantise", weights, m_settings.progress);
        StreamSettings settings;
        settings.types = m_budget.GetTypes();
        settings.name = path.stem().string();
        settings.metadata = MakeMetadata(isRefitted);
        settings.threads = m_settings.threads;
        settings.metrics = metrics;
        settings.progress = Watch(bar);
        const auto start = std::chrono::steady_clock::now();
        StreamGguf(rows, m_tokenizer, settings, path.string());
        const double seconds = SecondsSince(start);
        m_peakResidentBytes = GetPeakResidentBytes(); // before the rates take memory of their own
        const MachineRates rates = MeasureMachineRates(m_settings.model);
        m_report << "quantised " << static_cast<double>(weights) / 1e6 << "e6 weights in "
                 << seconds << " s: " << FormatRate(2 * static_cast<double>(weights) / seconds)
                 << " of bf16 (disk " << FormatRate(rates.diskBytesPerS) << ", memory copy "
                 << FormatRate(rates.memoryBytesPerS) << ")\n";
    }

    CheckpointSettings m_settings;       //!< what to do
    DeviceModel m_device;                //!< for whom
    ModelConfig m_config;                //!< of the full model
    Tokenizer m_tokenizer;               //!< of both
    CompanionFiles m_companions;         //!< of both
    SafetensorsCheckpoint m_checkpoint;  //!< weights
    CompressionBudget m_budget;          //!< how large the file may become
    bool m_isLayerwise{false};           //!< compressed one layer at a time
    std::vector<RecordedSetting> m_made; //!< what the file depends on, the model first
    std::optional<PruningPlan> m_plan;   //!< by the weights alone, once it was asked for
    double m_peakResidentBytes{0};       //!< up to the last stage
    RuntimeSpeed m_speed;                //!< llama.cpp's, empty where it is not there
    std::ostringstream m_report;         //!< what happened
};

} // namespace

std::string
CompressCheckpoint(const CheckpointSettings& settings)
{
    const base::InterruptionGuard guard;
    Compression compression(settings); // bad input makes no folder
    const base::FolderLock lock(settings.output);
    return compression.Run();
}

} // namespace ecld
