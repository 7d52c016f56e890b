"""Facts written by hand: names of metrics with their direction, datasets, tasks and cue words.

Phrases are written in lower case with single spaces between their pieces, as `pieces.py` cuts
them: letters, digits and signs apart ("top 1 accuracy", "f 1", "recall @ 1").
"""

from extractor.providers.rules.patterns import words_of

UP_METRICS = """
accuracy; precision; recall; f 1; f 1 score; f score; f measure; hmean; h mean; f beta; micro f 1;
macro f 1; dsc; dice; dice score; dice coefficient; dice similarity coefficient; jaccard; jaccard
index; iou; miou; mean iou; intersection over union; mean intersection over union; ap; map; mean
average precision; average precision; ap 50; ap 75; ap @ 50; map @ 0.5; map @ 50; ap s; ap m; ap
l; ar; average recall; mask ap; box ap; mask map; box map; auc; auroc; aupr; auprc; pr auc; roc
auc; area under the curve; area under the roc curve; area under curve; eer accuracy; bleu; bleu 1;
bleu 4; sacrebleu; meteor; rouge; rouge 1; rouge 2; rouge l; cider; cider d; spice; bertscore;
chrf; comet; psnr; ssim; ms ssim; inception score; is; mos; mean opinion score; pesq; stoi; si
sdr; sdr; si snr; sdri; snr; em; exact match; hits @ 1; hits @ 3; hits @ 10; hit rate; mrr; mean
reciprocal rank; ndcg; ndcg @ 5; ndcg @ 10; recall @ 1; recall @ 5; recall @ 10; recall @ 20; r @
1; r @ 5; r @ 10; p @ 1; precision @ 1; map @ 10; rank 1; rank 1 accuracy; rank 5; cmc; uas; las;
pck; pckh; 3 d pck; pq; sq; rq; panoptic quality; mota; motp; idf 1; hota; nds; eao; success rate;
win rate; spl; reward; rewards; return; returns; top 1; top 5; top 10; top 20; top 50; top 1
accuracy; top 5 accuracy; r 2; r squared; pearson correlation; spearman correlation; correlation
coefficient; pearson correlation coefficient; spearman correlation coefficient; kappa correlation
coefficient; kappa; cohen kappa; mcc; matthews correlation coefficient; correlation; spearman
coefficient; spearman;
kendall correlation; kendall tau; ranking correlation; nmi; ari; normalized mutual information;
adjusted rand index; log likelihood; likelihood; clip score; vmaf; pcp; ods; ois; s measure; e
measure; j & f; g mean; sensitivity; specificity; true positive rate; tpr; tar; coverage; speed;
inference speed; training speed; running speed; speedup; speed up; throughput; fps; frames per
second; frame rate; videos per second; images per second; image per second; efficiency;
computational efficiency; data efficiency; sample efficiency; training efficiency; parameter
efficiency; energy efficiency; memory efficiency; inference efficiency; compression ratio;
compression rate; robustness; generalization; generalization ability; scalability; diversity;
fidelity; coherence; quality; image quality; sample quality; visual quality; perceptual quality;
interpretability; plausibility; faithfulness; fairness; fluency; informativeness; consistency;
pass @ 1; win rates; agreement; human score; normalized score; sharpness; realism; resolution;
convergence speed; convergence rate; stability; score; success; modularity;
"""

DOWN_METRICS = """
error; error rate; mean error; test error; top 1 error; top 5 error; top 1 error rate; top 5 error
rate; word error rate; character error rate; phone error rate; phoneme error rate; wer; cer; equal
error rate; eer; mcd; fid; fid score; frechet inception distance; fréchet inception distance;
frechet distance; kid; fvd; fad; lpips; niqe; perplexity; ppl; bpc; bpd; bpb; bits per character;
bits per dimension; bits per dim; bits per byte; bits / dim; bits / char; nats; nll; negative log
likelihood; cross entropy; mae; mse; rmse; nrmse; mape; smape; crps; mean absolute error; mean
squared error; mean square error; root mean square error; root mean squared error; absolute error;
relative error; angular error; mean angular error; epe; end point error; endpoint error; mpjpe; pa
mpjpe; p mpjpe; mpjve; pve; mean per joint position error; ade; fde; nme; normalized mean error;
mean normalized error; chamfer distance; cd; emd; hausdorff distance; hausdorff; validation loss;
test loss; training loss; unintended bias; gender bias; regret; der; diarization error rate; false
positive rate; false negative rate; fpr; mr; miss rate; eer; ece; calibration error; expected
calibration error; latency; inference latency; time; inference time; training time; run time;
runtime; running time; computation time; computational time; processing time; wall clock time;
execution time; search time; evaluation time; testing time; test time; training cost;
computational cost; computation cost; computational costs; cost; costs; inference cost; search
cost; annotation cost; memory cost; memory; memory usage; memory consumption; memory footprint;
gpu memory; memory requirement; vram; energy; energy consumption; power consumption; flops;
gflops; mflops; macs; mult adds; multi adds; floating point operations; floating point operation;
multiply adds; computation; computations; operations; computational complexity; complexity; time
complexity; computational overhead; overhead; computational resources; computational burden;
parameters; model parameters; number of parameters; parameter count; trainable parameters; network
parameters; model size; size; bleu drop; number of function evaluations; nfe; nfes; number of
queries; simulator calls; gpu days; gpu day; gpu hours; epochs; training epochs; iterations;
variance; bit rate; bitrate; ter; hter; edit distance; attack success rate; mean rank; fréchet
distance; carbon footprint; sparsity loss; collision rate; gap; optimality gap; duality gap;
communication cost; storage; storage cost; label cost; bd rate
"""

# Words that belong to the metric when they stand directly before its head.
METRIC_MODIFIERS = words_of(
    """
    absolute accuracy action adversarial average angular balanced box caption captioning
    categorization character class classification clean cls cluster clustering code compression
    computational counting cross data depth detection downstream empirical end entity equal
    estimation evaluation event exact execution extraction face few fine forecasting frame
    generalization generation gesture global goal grounding hand human identification image
    inference instance intent joint keypoint label labeled language level linking localization
    long macro mask matching mean median memory micro model morphological multi natural net nmt
    node normal normalised normalized object out overall paper part per perceptual person phone
    phoneme pixel point pose position prediction question rank ranking re recognition
    reconstruction registration relation relative relighting retrieval robust root rotation sample
    scene search segment segmentation semantic sentence sequence set shot single slot speech
    standard state strict supervised tagging task temporal test testing text top tracking training
    trajectory transfer translation unlabeled validation verification video visual vessel wall
    weighted word zero reid registration diarization parsing synthesis exact match measured
    spearman kendall execution spotting summarization answer answering alignment convergence
    interpolation lip sync logical form frame summarization user network gpu cpu peak total
    """
)
# Heads that make a metric with almost any compound before them.
METRIC_HEADS = words_of(
    """
    accuracy error rate f 1 ap map iou miou precision recall time speed latency cost score
    efficiency memory quality performance speedup correlation auc perplexity complexity loss
    robustness likelihood fps bleu size overhead
    """
)

KNOWN_DATASETS = """
imagenet; imagenet 1 k; imagenet 21 k; imagenet 22 k; imagenet a; imagenet c; imagenet r; imagenet
v 2; imagenet vid; imagenet lt; mini imagenet; miniimagenet; tiered imagenet; tieredimagenet; tiny
imagenet; ilsvrc; ilsvrc 2012; ilsvrc 2014; ilsvrc 2015; cifar; cifar 10; cifar 100; cifar fs;
svhn; mnist; fashion mnist; emnist; kmnist; stl 10; usps; omniglot; coco; ms coco; mscoco; coco
stuff; coco text; microsoft coco; lvis; open images; openimages; objects 365; pascal; pascal voc;
voc; pascal voc 2007; pascal voc 2012; voc 2007; voc 2012; pascal context; pascal 3 d +;
cityscapes; ade 20 k; ade 20 k; mapillary vistas; mapillary; camvid; kitti; kitti 360;
semantickitti; nuscenes; waymo; waymo open dataset; argoverse; bdd 100 k; bdd; synthia; gta 5; gta
v; gtav; foggy cityscapes; nyu depth v 2; nyu v 2; nyuv 2; nyud v 2; sun rgb - d; sun rgb d; sun
rgbd; sun 397; scannet; s 3 dis; modelnet; modelnet 10; modelnet 40; shapenet; shapenetpart;
scanobjectnn; partnet; matterport 3 d; 3 dmatch; 3 dpw; mpi inf 3 dhp; human 3.6 m; human 3 . 6 m;
humaneva; mpii; lsp; posetrack; crowdpose; densepose; freihand; celeba; celeba hq; ffhq; lsun;
lfw; ijb a; ijb b; ijb c; megaface; casia webface; ms celeb 1 m; vggface 2; wider face; fddb;
aflw; 300 w; wflw; affectnet; raf db; fer 2013; market 1501; dukemtmc; dukemtmc reid; cuhk 03;
msmt 17; mars; veri 776; vehicleid; cub; cub 200; cub 200 2011; cars 196; stanford cars; stanford
dogs; stanford online products; fgvc aircraft; oxford flowers; flowers 102; oxford pets; food 101;
places 365; places 205; inaturalist; caltech 101; caltech 256; dtd; domainnet; office 31; office
home; visda; visda 2017; pacs; ucf 101; hmdb 51; kinetics; kinetics 400; kinetics 600; something
something; something something v 2; activitynet; activitynet captions; charades; ava; thumos 14;
thumos; moments in time; epic kitchens; ntu rgb + d; ntu rgb + d 120; howto 100 m; msr vtt; msvd;
vatex; youcook 2; didemo; youtube vos; youtube vis; davis; davis 2016; davis 2017; davis 16; davis
17; lasot; got 10 k; otb 100; otb; otb 2015; vot; vot 2018; trackingnet; mot 17; mot 16; mot 20;
mot 15; crowdhuman; citypersons; caltech pedestrian; shanghaitech; ucf qnrf; ucsd; avenue; flickr
30 k; flickr 8 k; conceptual captions; visual genome; vqa; vqa v 2; vqa 2; vqa 2.0; gqa; clevr; ok
vqa; textvqa; refcoco; refcoco +; nlvr 2; nlvr; snli ve; glue; superglue; squad; squad 1.1; squad
2.0; squad v 2; natural questions; triviaqa; hotpotqa; race; coqa; quac; drop; newsqa; wikiqa;
trecqa; ms marco; msmarco; beir; trec; snli; multinli; mnli; qqp; mrpc; sst; sst 2; sst 5;
stanford sentiment treebank; imdb; yelp; ag news; dbpedia; amazon reviews; 20 newsgroups; wikitext
2; wikitext 103; penn treebank; ptb; text 8; enwik 8; one billion word; 1 billion word; lambada;
bookcorpus; common crawl; cnn / daily mail; cnn / dailymail; cnn dailymail; xsum; gigaword;
newsroom; multi news; conll 2003; conll 2005; conll 2009; conll 2012; conll 2014; ontonotes;
ontonotes 5.0; wnut; ace 2004; ace 2005; genia; tacred; docred; semeval 2010 task 8; nyt; webnlg;
fewrel; wsj; wall street journal; ctb; chinese treebank; universal dependencies; wmt; wmt 14; wmt
2014; wmt 16; wmt 2016; iwslt; iwslt 14; flores; multiwoz; atis; snips; dstc 2; personachat;
dailydialog; wikisql; spider; fb 15 k; fb 15 k 237; wn 18; wn 18 rr; nell 995; yago 3 10; cora;
citeseer; pubmed; ppi; reddit; ogb; ogbn arxiv; ogbn products; qm 9; zinc; md 17; moleculenet;
librispeech; libri light; libritts; ljspeech; vctk; switchboard; callhome; timit; tedlium; ted
lium; common voice; voxceleb; voxceleb 1; voxceleb 2; aishell; aishell 1; audioset; esc 50;
urbansound 8 k; speech commands; google speech commands; iemocap; meld; cmu mosi; cmu mosei; wsj
0; wsj 0 2 mix; wham; musdb 18; chime; lrs 2; lrs 3; lrw; must c; movielens; movielens 20 m;
movielens 1 m; netflix; amazon book; gowalla; last fm; atari; atari 2600; mujoco; openai gym;
deepmind control suite; dm control; meta world; d 4 rl; procgen; starcraft ii; starcraft;
minecraft; habitat; ai 2 thor; room to room; r 2 r; reverie; mimic iii; mimic iv; mimic cxr;
chexpert; chestx ray 14; brats; brats 2018; isic; isic 2018; lits; acdc; drive; stare; chase db 1;
kvasir seg; kvasir; cvc clinicdb; luna 16; lidc idri; set 5; set 14; bsd 100; urban 100; manga
109; div 2 k; reds; vimeo 90 k; gopro; rain 100 h; sidd; dnd; ots; reside; sintel; mpi sintel;
flyingchairs; middlebury; eth 3 d; dtu; tanks and temples; blendedmvs; scene flow; sceneflow;
hpatches; megadepth; yfcc 100 m; laion; laion 400 m; jft; jft 300 m; ig 1 b; vtab; big bench;
mmlu; gsm 8 k; humaneval; mbpp; hellaswag; winogrande; piqa; arc challenge; truthfulqa;
commonsenseqa; openbookqa; boolq; clueweb; pile; c 4; mc 4; xnli; xtreme; xquad; mlqa; tydi qa;
babi; cbt; who did what; nas bench 101; nas bench 201; nasbench 101; long range arena; dota; hrsc
2016; nwpu resisc 45; aid; eurosat; uc merced; bigearthnet; spacenet; mvtec ad; mvtec; icdar 2013;
icdar 2015; icdar 2017; total text; ctw 1500; msra td 500; synthtext; iiit 5 k; svt; iam;
publaynet; funsd; docvqa; totto; ms marco; deepfashion; deepfashion 2; polyvore; hico det; v coco;
salicon; duts; duts te; ecssd; hku is; dut omron; cod 10 k; linemod; ycb video; t less; ptb xl;
ucr; ucr archive; uci; electricity; traffic; ett; m 4; clothing 1 m; webvision; utd mhad; n
caltech 101; dvs 128 gesture; cifar 10 dvs; ntu 60; scan; cogs; math; mathqa; winograd schema
challenge; swag; copa; record; wsc; rte; cola; sts b; stsb; quora; toxic; hatexplain; liar; fever;
visual task adaptation benchmark; visual decathlon challenge; stylized imagenet; objectnet
"""

TASK_HEADS = words_of(
    """
    adaptation alignment analysis anonymization answering approximation assessment augmentation
    captioning categorization classification clustering coloring colorization completion
    compression comprehension control correction counting deblurring decomposition dehazing
    demosaicing denoising deraining detection diagnosis dialogue diarization discovery
    disambiguation disentanglement distillation editing embedding enhancement estimation
    explanation exploration extraction forecasting fusion generalization generation grading
    grounding hashing identification imputation inference inpainting interaction interpolation
    interpretation labeling labelling learning linking lipreading localization mapping matching
    matting mining modeling modelling navigation normalization optimization parsing perception
    planning prediction pretraining processing pruning quantization ranking re-identification
    reading reasoning recognition recommendation reconstruction recovery refinement registration
    regression regularization rendering representation resolution restoration retrieval scoring
    search segmentation selection separation simulation spotting stylization summarization
    super-resolution superresolution synthesis tagging tracking training transcription transfer
    translation understanding upsampling verification re-id reid paraphrasing manipulation
    rectification relighting removal animation compositing annotation simplification pre-training
    unlearning steganography attack attacks defense robustness privacy fairness interpretability
    compression few-shot grasping driving odometry slam flow text-to-speech text-to-sql
    text-to-image dialog digitization screening lip-reading
    """
)
