/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ppo.h"
#include "sac.h"
#include "td3.h"
#include "world-model-ppo.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace agents
{

namespace
{

/// Compare a matrix product with its definition: processors that a BLAS takes for others have
/// given wrong products. @throw std::runtime_error in one line when it is wrong
void
CheckMatrixProduct()
{
    constexpr int64_t rows = 67;
    constexpr int64_t inner = 45;
    constexpr int64_t columns = 83;
    RandomStream random(1);
    const at::Tensor a = at::empty({rows, inner});
    const at::Tensor b = at::empty({inner, columns});
    random.FillNormal(a.data_ptr<float>(), a.numel());
    random.FillNormal(b.data_ptr<float>(), b.numel());
    const at::Tensor product = at::mm(a, b);
    const float* x = a.data_ptr<float>();
    const float* y = b.data_ptr<float>();
    double worst = 0;
    for (int64_t i = 0; i < rows; ++i)
    {
        for (int64_t j = 0; j < columns; ++j)
        {
            double sum = 0;
            for (int64_t k = 0; k < inner; ++k)
            {
                sum += static_cast<double>(x[i * inner + k]) * y[k * columns + j];
            }
            worst = std::max(worst, std::abs(sum - product.data_ptr<float>()[i * columns + j]));
        }
    }
    constexpr double rounding = 1e-3;
    if (!(worst < rounding))
    {
        throw std::runtime_error("the BLAS multiplies matrices wrongly on this processor: set "
                                 "OPENBLAS_CORETYPE=Haswell");
    }
}

/// @param text settings @return them, complete
template <typename Settings>
Settings
Read(const char* text)
{
    Settings settings;
    ReadSettings(settings, nlohmann::json::parse(text));
    return settings;
}

} // namespace

} // namespace agents

/**
 * Make a learner: the one function that MakeAgent finds in this library.
 * @param algorithm name
 * @param settings JSON
 * @param shape what it sees and does
 * @param seed of all its randomness
 * @return the learner, owned by the caller
 */
extern "C" agents::Agent*
LlmMecMakeLearner(const char* algorithm,
                  const char* settings,
                  const agents::AgentShape* shape,
                  uint64_t seed)
{
    using namespace agents;
    static const bool isReady = [] {
        at::set_num_threads(1);
        at::globalContext().setFlushDenormal(true);
        CheckMatrixProduct();
        return true;
    }();
    const std::string name = algorithm;
    if (isReady && name == "ppo")
    {
        return new Ppo(name, *shape, Read<PpoSettings>(settings), seed);
    }
    if (name == "world-model-ppo")
    {
        return new WorldModelPpo(name, *shape, Read<WorldModelPpoSettings>(settings), seed);
    }
    if (name == "td3" || name == "ddpg")
    {
        return new Td3(name, *shape, Read<Td3Settings>(settings), seed);
    }
    if (name == "sac")
    {
        return new Sac(name, *shape, Read<SacSettings>(settings), seed);
    }
    throw std::invalid_argument("algorithm '" + name + "' is not in the learners' library");
}
