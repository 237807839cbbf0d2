/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// A teacher compressed one layer at a time, against the same on the whole model in memory:
// ecld-layerwise-quality SIZE FOLDER. Trains the teacher that `ecld --size=SIZE` trains, or takes
// the one that FOLDER has. Fails where one layer at a time is more than 2 % farther from the
// teacher on held-out texts, whole or with a part of its neurons or layers.

#include "compress/gguf-expansion.h"
#include "compress/input-products.h"
#include "compress/layerwise-quantization.h"
#include "compress/layerwise-scores.h"
#include "compress/pruned-model.h"
#include "measure/interval.h"
#include "text-scores.h"

#include <filesystem>
#include <iomanip>
#include <iostream>
#include <stdexcept>

using namespace ecld;

namespace
{

/// Most of the divergence of the whole model's path that one layer at a time may leave.
constexpr double LARGEST_SHARE = 1.02;

/// Ridges of the refit that are printed; the first one is that of the tool.
const double RIDGES[] = {LayerwiseSettings().ridge, 0};

/// Both ways from a teacher to a quantised model.
class Comparison
{
  public:
    Comparison(const Teacher& teacher, const std::vector<std::string>& heldOut, std::string folder)
        : m_teacher(teacher),
          m_heldOut(Tokenize(heldOut, teacher.tokenizer, teacher.tokens.endId)),
          m_folder(std::move(folder)),
          m_scores(Calibrate(teacher.model, teacher.tokens, m_calibration))
    {
        teacher.model.Save(m_folder + "/full", DataType::F32);
    }

    /// @param name of the shape @param shape what stays @return whether one layer at a time is near
    /// enough
    bool Compare(const std::string& name, const PrunedShape& shape, GgufType type)
    {
        const PruningPlan plan = PlanPruning(m_teacher.model.GetConfig(), m_scores, shape);
        const double whole = CompressWhole(plan, type);
        std::cout << name << ", " << GetName(type) << ": whole model " << whole;
        double share = 0;
        for (const double ridge : RIDGES)
        {
            const double layerwise = CompressLayerwise(plan, type, ridge);
            std::cout << ", ridge " << ridge << ": " << layerwise;
            share = share > 0 ? share : layerwise / whole;
        }
        std::cout << std::endl;
        return share <= LARGEST_SHARE;
    }

  private:
    /// @param path of a GGUF file @param config of its model @return mean divergence
    double Measure(const std::string& path, const ModelConfig& config) const
    {
        const std::string expanded = m_folder + "/expanded";
        ExpandGguf(path, config, expanded);
        const TextScores scores = Score(LanguageModel::Load(expanded), m_teacher.model, m_heldOut);
        return BootstrapMean(scores.divergences).mean;
    }

    double CompressWhole(const PruningPlan& plan, GgufType type) const
    {
        RefitSettings refit;
        refit.calibration = m_calibration;
        const LanguageModel pruned = PruneAndRefit(m_teacher.model, plan, m_teacher.tokens, refit);
        const std::string folder = m_folder + "/pruned";
        pruned.Save(folder, DataType::F32);
        const SafetensorsCheckpoint checkpoint(folder);
        TensorRows rows(checkpoint, plan.config);
        StreamSettings settings;
        settings.types.matrices = type;
        settings.metrics = MeasureInputs(pruned, m_teacher.tokens);
        const std::string path = m_folder + "/whole.gguf";
        StreamGguf(rows, m_teacher.tokenizer, settings, path);
        return Measure(path, plan.config);
    }

    double CompressLayerwise(const PruningPlan& plan, GgufType type, double ridge) const
    {
        const std::string work = m_folder + "/work";
        std::filesystem::remove_all(work);
        const LayerwiseFolder files(work);
        const SafetensorsCheckpoint checkpoint(m_folder + "/full");
        const ModelConfig& config = m_teacher.model.GetConfig();
        TensorRows rows(checkpoint, config);
        const CalibrationSet texts(config, m_teacher.tokens, m_calibration);
        ScoreLayerByLayer(rows, texts, files);
        LayerwiseSettings settings;
        settings.stream.types.matrices = type;
        settings.ridge = ridge;
        LayerwiseQuantization quantization(checkpoint, plan, texts, files, files, settings);
        quantization.Run();
        const std::string path = m_folder + "/layerwise.gguf";
        quantization.Assemble(m_teacher.tokenizer, path);
        return Measure(path, plan.config);
    }

    const Teacher& m_teacher;          //!< full model and texts
    TokenCorpus m_heldOut;             //!< texts that are scored
    std::string m_folder;              //!< of all files
    CalibrationSettings m_calibration; //!< texts of both ways
    ImportanceScores m_scores;         //!< of the teacher
};

int
Run(const std::string& size, const std::string& folder)
{
    const TeacherSettings settings = GetTeacherSettings(size, Architecture::LLAMA);
    const Teacher teacher = TrainTeacher(settings, folder);
    Comparison comparison(teacher,
                          MakeHeldOutTexts(settings, teacher.corpus),
                          folder + "/layerwise");
    const PrunedShape whole = GetShape(teacher.model.GetConfig());
    PrunedShape narrow = whole;
    narrow.intermediateSize = whole.intermediateSize * 2 / 3;
    PrunedShape shallow = whole;
    shallow.layers = whole.layers - 1;
    std::cout << std::setprecision(4) << "Mean divergence on held-out texts, nats a token\n";
    bool isNear = true;
    for (const GgufType type : {GgufType::Q4_1, GgufType::Q8_0})
    {
        isNear = comparison.Compare("whole", whole, type) && isNear;
        isNear = comparison.Compare("two thirds of the neurons", narrow, type) && isNear;
        isNear = comparison.Compare("one layer less", shallow, type) && isNear;
    }
    return isNear ? 0 : 1;
}

} // namespace

int
main(int argc, char* argv[])
{
    if (argc != 3)
    {
        std::cerr << "ecld-layerwise-quality SIZE FOLDER\n";
        return 1;
    }
    try
    {
        return Run(argv[1], argv[2]);
    }
    catch (const std::exception& e)
    {
        std::cerr << "ecld-layerwise-quality: " << e.what() << '\n';
        return 1;
    }
}
